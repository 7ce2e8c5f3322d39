// node bench/size/measure.mjs: the gzipped size that an uploader adds to a Worker, bundled and minified as wrangler does.
// The size of cosup includes its WASM. Prints a table, also with the size of the uploader of a page, and writes
// bench/results/size.json and size.svg, and the sizes in bench/README.md.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { barChart } from "../charts/bars.mjs";
import { replaceBetweenMarkers } from "../harness/documents.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const results = fileURLToPath(new URL("../results/", import.meta.url));
const KiB = 1024;

if (!existsSync(`${here}node_modules/aws4fetch`)) {
  spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: here, stdio: "inherit" });
}
const wasm = gzipSync(readFileSync(new URL("../../core-as/dist/cosup.wasm", import.meta.url)), { level: 9 });
const rows = [];
for (const [name, entry, does] of [
  ["ours", "ours", "uploader, resume, CRC64 and MD5 in WASM"],
  ["client-s3 + lib-storage", "aws-sdk", "parts, retries, CRC32 of parts"],
  ["aws4fetch", "aws4fetch", "signs one request"],
]) {
  const script = await gzippedBundle(`${here}workers/${entry}.mjs`);
  rows.push({ name, does, kib: (script + (entry === "ours" ? wasm.length : 0)) / KiB });
}

const chart = {
  title: "An uploader in a Worker",
  note: "JavaScript and WASM, minified and gzipped. Lower is better.",
  unit: "KiB",
  groups: [{ name: "", bars: rows.map(({ name, kib }) => ({ name, value: kib })) }],
};
writeFileSync(`${results}size.json`, `${JSON.stringify(rows, undefined, 2)}\n`);
writeFileSync(`${results}size.svg`, barChart(chart));
for (const { name, kib, does } of rows)
  console.log(`${name.padEnd(24)} ${kib.toFixed(1).padStart(6)} KiB  ${does}`);

// The script of a page carries the WASM as text.
const page = (await gzippedBundle(`${here}browser/ours.mjs`)) / KiB;
console.log(
  `${"ours, in a page".padEnd(24)} ${page.toFixed(1).padStart(6)} KiB  the same, with IndexedDB and Web Locks`,
);

const [ours, sdk, aws4fetch] = rows.map(({ kib }) => kib.toFixed(1));
await replaceBetweenMarkers(
  "bench/README.md",
  `\`node bench/size/measure.mjs\` compares the gzipped size that an uploader adds to a Worker: ours (\`@cosup/workers/upload\`)
${ours} KiB with its WASM, client-s3 with lib-storage ${sdk}, aws4fetch ${aws4fetch} (which signs one request and no more). A page carries
${page.toFixed(1)} KiB of \`@cosup/browser/upload\`.`,
  "size",
);

/** @param {string} entry */
async function gzippedBundle(entry) {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    conditions: entry.includes("/browser/") ? ["browser"] : ["workerd", "worker", "browser"],
    external: ["*.wasm", "node:*", "cloudflare:*"],
    write: false,
  });
  return gzipSync(outputFiles[0]?.contents ?? new Uint8Array(0), { level: 9 }).length;
}
