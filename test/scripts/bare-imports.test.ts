import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, it } from "vitest";

const packages = fileURLToPath(new URL("../../packages/", import.meta.url));

/** What programs import of the packages that are built in chunks and say that they have no side effects. */
const built = ["core", "deno", "browser", "workers"].flatMap((name) =>
  readdirSync(`${packages}${name}/dist`)
    .filter((file) => file.endsWith(".js") && !file.startsWith("chunk-"))
    .map((file) => `${name}/dist/${file}`),
);

it.each(built)("%s is bundled outside of node_modules without a warning", async (file) => {
  expect(readFileSync(`${packages}${name(file)}/package.json`, "utf8")).toContain('"sideEffects": false');
  const { warnings } = await build({
    entryPoints: [`${packages}${file}`],
    bundle: true,
    write: false,
    format: "esm",
    platform: "neutral",
    external: ["node:*", "*.wasm"],
    logLevel: "silent",
  });
  expect(warnings.map(({ id, text }) => `${id}: ${text}`)).toEqual([]);
});

const name = (file: string): string => file.slice(0, file.indexOf("/"));

it("finds the entries", () => {
  expect(built).toContain("core/dist/upload.js");
  expect(built).toContain("workers/dist/upload.js");
});
