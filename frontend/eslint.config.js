import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  { ignores: ["node_modules", "client/src/protocol.gen.ts"] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ["eslint.config.js"] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "max-lines": ["error", { max: 400, skipBlankLines: false, skipComments: false }],
      "no-console": "error",
    },
  },
  { files: ["{src,client/src}/**/*.{ts,tsx}"], ...reactHooks.configs.flat["recommended-latest"] },
  {
    // A test that finds nothing where something must be fails, which is what it is for.
    files: ["{src,client/src}/**/*.test.{ts,tsx}", "client/src/testing/*.ts"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off" },
  },
  // A catalogue is one list, as long as the page has words.
  { files: ["src/strings/*.ts"], rules: { "max-lines": "off" } },
  {
    files: ["src/components/*.tsx"],
    ignores: ["src/components/*.test.tsx"],
    rules: { "max-lines": ["error", { max: 150 }] },
  },
);
