// Measures one CRC64 implementation in a fresh Node or Deno process.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import process from "node:process";
import { createCRC64 } from "hash-wasm";
import { measureCrc64 } from "../crc64/measure.mjs";
import { addonSubject, hashWasmSubject, inPlaceSubject, windowSubject } from "../crc64/subjects.mjs";

const { subject, sizes, durationMs, wasmFile, addonFile } = JSON.parse(process.argv[2] ?? "{}");

const compile = async () => WebAssembly.compile(await readFile(wasmFile));

const makers = {
  "in-place": async () => inPlaceSubject(await compile()),
  window: async () => windowSubject(await compile()),
  "hash-wasm": () => hashWasmSubject(createCRC64),
  addon: async () => addonSubject(createRequire(import.meta.url)(addonFile)),
};
const made = await makers[/** @type {keyof typeof makers} */ (subject)]();
console.log(JSON.stringify({ sizes: measureCrc64(made, sizes, durationMs) }));
