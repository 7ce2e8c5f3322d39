// node inline-style.mjs: writes dist/index.html, with the style sheet in it: the first paint waits for no second request.
import { readFileSync, writeFileSync } from "node:fs";
import { transformSync } from "esbuild";

const LINK = /<link rel="stylesheet"[^>]*>/;

const css = transformSync(readFileSync("src/style.css", "utf8"), { loader: "css", minify: true }).code.trim();
const page = readFileSync("src/index.html", "utf8");
if (!LINK.test(page) || css.includes("<")) throw new Error("the style sheet cannot be written into the page");
writeFileSync(
  "dist/index.html",
  page.replace(LINK, () => `<style>${css}</style>`),
);
