import { createHash } from "node:crypto";
import { createMD5 } from "hash-wasm";
import { beforeAll, expect, test } from "vitest";
import { type Core, finishMd5, loadCore } from "./instance.ts";
import { Random } from "./random.ts";
import vectors from "./vectors/md5.json" with { type: "json" };

let core: Core;
let oracle: (bytes: Uint8Array) => string;

beforeAll(async () => {
  core = await loadCore(32);
  const hasher = await createMD5();
  oracle = (bytes) => hasher.init().update(bytes).digest("hex");
});

function md5At(pointer: number, length: number): string {
  const state = core.exports.scratchStart();
  core.exports.md5Init(state);
  core.exports.md5Update(state, pointer, length);
  return finishMd5(core, state);
}

test.each(vectors)("md5 of “$text”, from RFC 1321, is $md5", ({ text, md5 }) => {
  core.bytes.set(Buffer.from(text), core.arena);
  expect(md5At(core.arena, text.length)).toBe(md5);
});

test("md5 agrees with hash-wasm at every length up to four blocks", () => {
  const random = new Random();
  const source = random.bytes(256);
  core.bytes.set(source, core.arena);
  for (let length = 0; length <= 256; length++) {
    const expected = oracle(source.subarray(0, length));
    expect(md5At(core.arena, length), random.note(`length ${length}`)).toBe(expected);
  }
});

test("md5 agrees with hash-wasm at every alignment and at random lengths", () => {
  const random = new Random();
  const source = random.bytes(70_064);
  core.bytes.set(source, core.arena);
  for (let round = 0; round < 320; round++) {
    const offset = round % 64;
    const length = random.between(0, 70_000);
    const expected = oracle(source.subarray(offset, offset + length));
    const actual = md5At(core.arena + offset, length);
    expect(actual, random.note(`offset ${offset}, length ${length}`)).toBe(expected);
  }
});

test("md5Update() in random pieces is that of the whole, with the state anywhere and moved between calls", () => {
  const random = new Random();
  const { exports, bytes, arena } = core;
  for (let round = 0; round < 100; round++) {
    const source = random.bytes(random.between(0, 20_000));
    bytes.set(source, arena);
    const homes = arena + 100_000;
    let state = homes + random.between(0, 1000);
    exports.md5Init(state);
    const cuts: number[] = [];
    for (let start = 0; start < source.length; ) {
      const most = random.between(0, 1) ? 130 : 4000;
      const length = Math.min(random.between(0, most), source.length - start);
      exports.md5Update(state, arena + start, length);
      start += length;
      cuts.push(length);
      const moved = bytes.slice(state, state + 128);
      bytes.fill(0xee, state, state + 128);
      state = homes + random.between(0, 1000);
      bytes.set(moved, state);
    }
    expect(finishMd5(core, state), random.note(`pieces ${cuts.join(" ")}`)).toBe(oracle(source));
  }
});

test("md5Update() writes only to its 128 bytes of state, md5Final() also to its 16 bytes of output", () => {
  const random = new Random();
  const { exports, bytes, arena } = core;
  const around = bytes.subarray(arena, arena + 10_000);
  random.fill(around);
  const before = around.slice();
  exports.md5Init(arena + 5003);
  exports.md5Update(arena + 5003, arena + 1, 1000);
  exports.md5Update(arena + 5003, arena + 2000, 3000);
  exports.md5Final(arena + 5003, arena + 7001);
  before.set(around.subarray(5003, 5003 + 128), 5003);
  before.set(around.subarray(7001, 7001 + 16), 7001);
  expect(Buffer.compare(around, before), random.note("compared 10 000 bytes")).toBe(0);
});

test("md5Final() may write over the state it ends", () => {
  const state = core.arena + 512;
  core.exports.md5Init(state);
  core.exports.md5Final(state, state);
  const digest = Buffer.from(core.bytes.subarray(state, state + 16)).toString("hex");
  expect(digest).toBe("d41d8cd98f00b204e9800998ecf8427e");
});

test("md5 counts more than 2^32 bits", () => {
  const { exports, arena } = core;
  const chunk = Buffer.alloc(1 << 20, "cosup");
  core.bytes.set(chunk, arena);
  const hash = createHash("md5");
  const state = exports.scratchStart();
  exports.md5Init(state);
  for (let count = 0; count < 513; count++) {
    exports.md5Update(state, arena, chunk.length);
    hash.update(chunk);
  }
  expect(finishMd5(core, state)).toBe(hash.digest("hex"));
});
