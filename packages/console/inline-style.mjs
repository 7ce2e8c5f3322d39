// node inline-style.mjs: writes dist/index.html, with the style sheets in it: the first paint waits for no second request.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { transformSync } from "esbuild";

const LINK = /<link rel="stylesheet"[^>]*>/;

// In the order of their names: later rules win over earlier ones.
const sheets = readdirSync("src/style").sort();
const source = sheets.map((name) => readFileSync(`src/style/${name}`, "utf8")).join("\n");
const css = transformSync(source, { loader: "css", minify: true }).code.trim();
const page = readFileSync("src/index.html", "utf8");
if (!LINK.test(page) || css.includes("<")) throw new Error("the style sheet cannot be written into the page");
writeFileSync(
  "dist/index.html",
  page.replace(LINK, () => `<style>${css}</style>`),
);
