import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { bundleDirectory } from "./rig.ts";

/** Of `@cosup/workers/upload`. */
const LIMIT = 45 * 1024;

function filesOf(name: string, ending: string): Buffer[] {
  const directory = bundleDirectory(name);
  return readdirSync(directory)
    .filter((file) => file.endsWith(ending))
    .map((file) => readFileSync(join(directory, file)));
}

function gzipped(buffers: readonly Buffer[]): number {
  return buffers.reduce((sum, buffer) => sum + gzipSync(buffer, { level: 9 }).length, 0);
}

describe.each(["smallest", "example"])("what wrangler uploads of the %s Worker", (name) => {
  const scripts = filesOf(name, ".js");
  const modules = filesOf(name, ".wasm");
  // The diagnostics channels are looked up by name at run time, where there are any: no import.
  const text = scripts.map(String).join("\n").replaceAll('"node:diagnostics_channel"', '""');

  test("is one script and one WASM module", () => {
    expect(scripts).toHaveLength(1);
    expect(modules).toHaveLength(1);
  });

  test.each([
    ["node:"],
    ["Deno."],
    ["process.env"],
    ["require("],
    ["WebAssembly.compile"],
    ["new WebAssembly.Module"],
    ["eval("],
    ["new Function"],
  ])("has no %s in it", (word) => {
    expect(text).not.toContain(word);
  });

  test("has no WASM bytes in its script", () => {
    // "\0asm" in base64, in hex, as an array, as an escaped string.
    for (const magic of ["AGFzbQ", "0061736d", "0,97,115,109", "\\0asm"]) expect(text).not.toContain(magic);
    const [wasm] = modules;
    expect(wasm?.subarray(0, 4).toString("latin1")).toBe("\0asm");
  });
});

test("the uploader costs a Worker at most 45 KiB, gzipped", () => {
  const [script, wasm] = [gzipped(filesOf("smallest", ".js")), gzipped(filesOf("smallest", ".wasm"))];
  console.log(
    `figure: gzipped: ${(script / 1024).toFixed(1)} KiB of JavaScript, ${(wasm / 1024).toFixed(1)} KiB of WASM`,
  );
  expect(script + wasm).toBeLessThanOrEqual(LIMIT);
});
