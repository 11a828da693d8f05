import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// Django serves `static/dist` and finds the files through the manifest (see templates/base.html).
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "/static/dist/",
  plugins: [react()],
  build: {
    outDir: fileURLToPath(new URL("../static/dist", import.meta.url)),
    emptyOutDir: true,
    manifest: true,
    target: "es2022",
    // The content security policy allows no `data:` styles or scripts, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // hls.js is far larger than the page itself; it is a chunk of its own, loaded with the first
    // stream that has a playback address.
    chunkSizeWarningLimit: 600,
    rollupOptions: { input: ["src/main.tsx", "src/desk.tsx", "src/site.ts"] },
  },
  test: {
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
