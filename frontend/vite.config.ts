import { defineConfig } from "vite";

// One file, without chunks: Home Assistant loads it by one address that has the hash of its content in it.
export default defineConfig({
  build: {
    target: "es2022",
    lib: { entry: "src/panel/csj-meter-panel.ts", formats: ["es"], fileName: () => "panel.js" },
    outDir: process.env.OUT_DIR ?? "../custom_components/csj_meter/frontend",
    emptyOutDir: true,
    minify: "oxc",
    sourcemap: false,
    reportCompressedSize: true,
  },
});
