import { defineConfig } from "vite";

// One file to begin with, and one for each page. Their names stay: the folder that they are served from has the hash of
// all of it in its address.
export default defineConfig({
  build: {
    target: "es2022",
    outDir: process.env.OUT_DIR ?? "../custom_components/csj_meter/frontend",
    emptyOutDir: true,
    modulePreload: false,
    rolldownOptions: {
      input: { panel: "src/panel/csj-meter-panel.ts", cards: "src/cards/cards.ts", portal: "src/portal/portal.ts" },
      output: {
        format: "es",
        entryFileNames: "[name].js",
        chunkFileNames: "[name].js",
        minify: true,
        codeSplitting: {
          groups: [
            { name: "elements", test: /node_modules\/(lit|@lit)(?!.*\/live\.js)|src\/(elements\/(element|style|csj-notice|csj-standing)|app|format|texts|subscription|home_assistant)\b/ },
            { name: "chart", test: /node_modules\/uplot|src\/elements\/(csj-chart|chart_|curves|gestures)/ },
          ],
        },
      },
    },
  },
});
