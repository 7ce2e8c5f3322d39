// Computes the MD5 of eight parts of 8 MiB in a fresh process: four lanes at the same time in the core of cosup, or one
// after the other with node:crypto. Prints the rate of the median run.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

const PARTS = 8;
const PART = 8 * 1024 * 1024;
/** Bytes that the lanes process per call, as in the binding. */
const STEP = 65_536;

const { subject, wasmFile, durationMs } = JSON.parse(process.argv[2] ?? "{}");

const parts = Array.from({ length: PARTS }, (_, index) => Buffer.alloc(PART, `part ${index}`));
const digestAll = subject === "lanes" ? await lanes() : nativeOnes;

const start = performance.now();
while (performance.now() - start < durationMs / 2) digestAll();
const rates = [];
for (let spent = 0; spent < durationMs || rates.length < 3; ) {
  const before = performance.now();
  digestAll();
  const elapsed = performance.now() - before;
  rates.push((PARTS * PART) / (elapsed / 1000));
  spent += elapsed;
}
rates.sort((a, b) => a - b);
console.log(JSON.stringify({ bytesPerSecond: rates[rates.length >> 1], digests: digestAll() }));

function nativeOnes() {
  return parts.map((part) => createHash("md5").update(part).digest("hex"));
}

async function lanes() {
  const { instance } = await WebAssembly.instantiate(await readFile(wasmFile), {});
  const core = /** @type {any} */ (instance.exports);
  core.memory.grow((PARTS * PART) / 65_536);
  const memory = new Uint8Array(core.memory.buffer);
  const pointers = parts.map((part, index) => {
    const pointer = core.arenaStart() + index * PART;
    memory.set(part, pointer);
    return pointer;
  });
  const states = parts.map((_, index) => core.scratchStart() + index * core.md5StateSize());
  const out = core.scratchStart() + PARTS * core.md5StateSize();
  return () => {
    for (const state of states) core.md5Init(state);
    for (let first = 0; first < PARTS; first += 4) {
      const [s0, s1, s2, s3] = states.slice(first, first + 4);
      const [p0 = 0, p1 = 0, p2 = 0, p3 = 0] = pointers.slice(first, first + 4);
      for (let at = 0; at < PART; at += STEP) {
        core.md5Update4(s0, s1, s2, s3, p0 + at, p1 + at, p2 + at, p3 + at, STEP / 64);
      }
    }
    return states.map((state) => {
      core.md5Final(state, out);
      return Buffer.from(memory.subarray(out, out + 16)).toString("hex");
    });
  };
}
