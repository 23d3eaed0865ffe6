import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** `npm run dev:fake` only: serves the window on the in-memory core, which the product build never contains. */
function fakeCore(): Plugin {
  return {
    name: "fake-core",
    transformIndexHtml: {
      order: "pre",
      handler: (html) => html.replace("/src/main.tsx", "/src/fake/main.tsx"),
    },
  };
}

export default defineConfig(({ mode, command }) => ({
  plugins: [react(), tailwindcss(), ...(mode === "fake" && command === "serve" ? [fakeCore()] : [])],
  resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
  clearScreen: false,
  server: { port: 1420, strictPort: true },
  build: { target: "safari16.4", cssTarget: "safari16.4", sourcemap: false, chunkSizeWarningLimit: 900 },
  test: {
    environment: "jsdom",
    setupFiles: ["src/test/setup.ts"],
    css: false,
    // For busy machines; a test that waits says itself for what.
    testTimeout: 30_000,
    restoreMocks: true,
  },
}));
