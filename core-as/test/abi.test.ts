import { expect, test } from "vitest";
import { type CoreExports, compileCore, crc64At, loadCore } from "./instance.ts";

const functions = [
  "arenaStart",
  "crc64",
  "crc64Combine",
  "md5Final",
  "md5Init",
  "md5StateSize",
  "md5Update",
  "md5Update4",
  "partCount",
  "partLength",
  "partSize",
  "partStart",
  "scratchLength",
  "scratchStart",
  "windowLength",
  "windowStart",
];

test("the module imports nothing", async () => {
  expect(WebAssembly.Module.imports(await compileCore())).toEqual([]);
});

test("the module exports its memory and the functions of the ABI, nothing else", async () => {
  const exports = WebAssembly.Module.exports(await compileCore());
  const named = (kind: string) => exports.filter((entry) => entry.kind === kind).map((entry) => entry.name);
  expect(named("memory")).toEqual(["memory"]);
  expect(named("function").sort()).toEqual(functions);
  expect(exports).toHaveLength(functions.length + 1);
});

test("arenaStart() is a page boundary and the end of the initial memory", async () => {
  const instance = new WebAssembly.Instance(await compileCore());
  const { arenaStart, memory } = instance.exports as unknown as CoreExports;
  expect(arenaStart() % 65536).toBe(0);
  expect(memory.buffer.byteLength).toBe(arenaStart());
});

test("window and scratch are aligned, apart, and below the arena", async () => {
  const { exports, arena } = await loadCore(0);
  const scratch = exports.scratchStart();
  const window = exports.windowStart();
  expect([scratch % 64, window % 64]).toEqual([0, 0]);
  expect([exports.scratchLength(), exports.windowLength()]).toEqual([4096, 262144]);
  expect(scratch + exports.scratchLength()).toBeLessThanOrEqual(window);
  expect(window + exports.windowLength()).toBeLessThanOrEqual(arena);
  expect(exports.md5StateSize()).toBe(128);
});

test("no call writes to window or scratch unless it is given their address", async () => {
  const core = await loadCore();
  const { exports, bytes, arena } = core;
  const fixed = [
    bytes.subarray(exports.scratchStart(), exports.scratchStart() + exports.scratchLength()),
    bytes.subarray(exports.windowStart(), exports.windowStart() + exports.windowLength()),
  ];
  for (const area of fixed) area.fill(0x5a);
  const states = [0, 1, 2, 3].map((lane) => arena + 600_000 + 128 * lane);
  for (const state of states) exports.md5Init(state);
  const [state0 = 0, state1 = 0, state2 = 0, state3 = 0] = states;
  exports.md5Update4(state0, state1, state2, state3, arena, arena, arena, arena, 9);
  exports.md5Update(state0, arena, 1000);
  exports.md5Final(state0, arena + 700_000);
  crc64At(core, arena, 500_001);
  exports.crc64Combine(1n, 2n, 3n);
  expect(fixed.every((area) => area.every((byte) => byte === 0x5a))).toBe(true);
});

test("the memory grows to 4 GiB and digests reach its last byte", async (context) => {
  const { exports } = new WebAssembly.Instance(await compileCore()) as unknown as { exports: CoreExports };
  try {
    exports.memory.grow(65536 - exports.arenaStart() / 65536);
  } catch {
    context.skip(); // The machine will not lend so much address space.
  }
  const length = 100_003;
  const start = 2 ** 32 - length;
  const bytes = new Uint8Array(exports.memory.buffer);
  bytes.fill(0x31, start);
  const arena = exports.arenaStart();
  bytes.fill(0x31, arena, arena + length);
  expect(exports.crc64(0n, start, length)).toBe(exports.crc64(0n, arena, length));
  expect(exports.crc64(0n, 2 ** 32 - 1001, 1001)).toBe(exports.crc64(0n, arena, 1001));

  const digest = (pointer: number) => {
    const state = exports.scratchStart();
    exports.md5Init(state);
    exports.md5Update(state, pointer, length);
    exports.md5Final(state, state);
    return bytes.slice(state, state + 16);
  };
  expect(digest(start)).toEqual(digest(arena));
});
