import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { emojiData } from "./emojiData.ts";

const OUT = fileURLToPath(new URL("../static/dist", import.meta.url));

/** Compresses what is served, once and as well as can be: WhiteNoise and nginx send `.br` and `.gz`. */
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    closeBundle() {
      for (const name of readdirSync(OUT, { recursive: true, encoding: "utf8" })) {
        if (!/\.(js|css|json|svg)$/u.test(name) || name.startsWith(".vite")) continue;
        const file = join(OUT, name);
        const content = readFileSync(file);
        const size = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
        writeFileSync(`${file}.br`, brotliCompressSync(content, { params: size }));
        writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
      }
    },
  };
}

interface Graph {
  getModuleInfo(id: string): { importedIds: readonly string[] } | null;
}

/** What an entry needs before it can begin. */
function neededBy(entry: string, graph: Graph): Set<string> {
  const needed = new Set<string>();
  const waiting = [fileURLToPath(new URL(entry, import.meta.url))];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (needed.has(id)) continue;
    needed.add(id);
    waiting.push(...(graph.getModuleInfo(id)?.importedIds ?? []));
  }
  return needed;
}

let first: Set<string> | null = null;

/**
 * One file for what the watch page begins with. Left alone it falls into a dozen, for what comes later
 * uses some of it too: a dozen requests, and less well compressed.
 */
function firstLoad(id: string, graph: Graph): string | null {
  if (first === null) {
    const site = neededBy("src/site.ts", graph);
    const page = [...neededBy("src/main.tsx", graph)];
    first = new Set(page.filter((one) => !site.has(one) && !one.endsWith("src/main.tsx")));
  }
  return first.has(id) ? "viewer" : null;
}

// Django serves `static/dist` and finds the files through the manifest (see templates/base.html).
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "/static/dist/",
  plugins: [react(), emojiData(), compressed()],
  build: {
    outDir: OUT,
    emptyOutDir: true,
    manifest: true,
    target: "es2022",
    // Colours of both themes stand side by side (light-dark), as every browser since 2024 reads them.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // The content security policy allows no `data:` styles or scripts, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // hls.js is far larger than the page itself; it is a chunk of its own, loaded with the first
    // stream that has a playback address.
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      input: ["src/main.tsx", "src/desk.tsx", "src/site.ts"],
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [{ name: firstLoad, debugName: "viewer" }],
        },
      },
    },
  },
  test: {
    include: ["{src,client/src}/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
