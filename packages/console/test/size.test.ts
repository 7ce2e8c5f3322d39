import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const emulator = fileURLToPath(new URL("../../emulator/dist/console/", import.meta.url));
const KiB = 1024;

const served = readdirSync(dist).filter((name) => !name.endsWith(".map") && /\.(js|html|svg)$/.test(name));
const gzipped = (names: readonly string[]): number =>
  names.reduce((sum, name) => sum + gzipSync(readFileSync(dist + name)).length, 0);

test("with the uploader, the page has at most 120 KiB gzipped", () => {
  expect(served).toEqual(expect.arrayContaining(["index.html", "main.js", "icon.svg"]));
  expect(gzipped(served)).toBeLessThanOrEqual(120 * KiB);
});

test("the uploader is not loaded before a file is", () => {
  const main = readFileSync(`${dist}main.js`, "utf8");
  const first = [
    "index.html",
    "main.js",
    ...[...main.matchAll(/^import[^;]*"\.\/([^"]+)"/gm)].map(([, name = ""]) => name),
  ];
  expect(gzipped(first)).toBeLessThanOrEqual(20 * KiB);
});

test("the build of the emulator has the same files", () => {
  const copied = readdirSync(emulator).filter((name) => served.includes(name));
  expect(copied.sort()).toEqual([...served].sort());
  for (const name of served) expect(readFileSync(emulator + name)).toEqual(readFileSync(dist + name));
});

test("the page has its style sheet, and neither inline scripts nor styles of elements", () => {
  const html = readFileSync(`${dist}index.html`, "utf8");
  expect(html).not.toMatch(/\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|rel="stylesheet"/);
  expect(html.match(/<style>/g)).toHaveLength(1);
  const code = served.filter((name) => name.endsWith(".js")).map((name) => readFileSync(dist + name, "utf8"));
  expect(code.join("\n")).not.toMatch(
    /\.innerHTML|\.outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/,
  );
});
