import { createHash } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { type Core, finishMd5, loadCore } from "./instance.ts";
import { Random } from "./random.ts";

type Four = [number, number, number, number];

let core: Core;

beforeAll(async () => {
  core = await loadCore(32);
});

const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");

function four(each: (lane: number) => number): Four {
  return [each(0), each(1), each(2), each(3)];
}

function freshStates(): Four {
  const states = four((lane) => core.exports.scratchStart() + 128 * lane);
  for (const state of states) core.exports.md5Init(state);
  return states;
}

test("md5Update4() agrees with node:crypto on random contents, alignments and numbers of blocks", () => {
  const random = new Random();
  for (let round = 0; round < 200; round++) {
    const blocks = random.between(1, round % 2 ? 300 : 4);
    const pointers = four((lane) => core.arena + lane * 20_000 + random.between(0, 63));
    const sources = pointers.map((pointer) =>
      random.fill(core.bytes.subarray(pointer, pointer + 64 * blocks)),
    );
    const states = freshStates();
    expect(core.exports.md5Update4(...states, ...pointers, blocks)).toBe(1);
    const digests = states.map((state) => finishMd5(core, state));
    expect(digests, random.note(`${blocks} blocks at ${pointers.join(" ")}`)).toEqual(sources.map(md5));
  }
});

test("md5Update4() mixes with md5Update() in any order, with streams of different lengths", () => {
  const random = new Random();
  const { exports, bytes, arena } = core;
  for (let round = 0; round < 60; round++) {
    // States lie anywhere, unaligned, far from one another.
    const states = four((lane) => arena + 500_000 + lane * 1000 + random.between(0, 800));
    for (const state of states) exports.md5Init(state);
    const bases = four((lane) => arena + lane * 60_000 + random.between(0, 63));
    const taken = four(() => 0);
    const at = (lane: number) => (bases[lane] ?? 0) + (taken[lane] ?? 0);
    const alone = (lane: number, length: number) => {
      exports.md5Update(states[lane] ?? 0, at(lane), length);
      taken[lane] = (taken[lane] ?? 0) + length;
    };
    for (const base of bases) random.fill(bytes.subarray(base, base + 60_000 - 64));

    for (let turn = 0; turn < 4; turn++) {
      for (let lane = 0; lane < 4; lane++) {
        alone(lane, random.between(0, 3000));
        alone(lane, (64 - ((taken[lane] ?? 0) % 64)) % 64);
      }
      const blocks = random.between(1, 40);
      const note = random.note(`round ${round}, turn ${turn}, ${blocks} blocks`);
      expect(exports.md5Update4(...states, ...four(at), blocks), note).toBe(1);
      for (let lane = 0; lane < 4; lane++) taken[lane] = (taken[lane] ?? 0) + 64 * blocks;
    }
    for (let lane = 0; lane < 4; lane++) alone(lane, random.between(0, 200));

    const digests = states.map((state) => finishMd5(core, state));
    const expected = bases.map((base, lane) => md5(bytes.subarray(base, base + (taken[lane] ?? 0))));
    expect(digests, random.note(`round ${round}, lengths ${taken.join(" ")}`)).toEqual(expected);
  }
});

test("md5Update4() may read one input in all four lanes", () => {
  const random = new Random();
  const source = random.fill(core.bytes.subarray(core.arena + 7, core.arena + 7 + 640));
  const states = freshStates();
  core.exports.md5Update4(...states, ...four(() => core.arena + 7), 10);
  const digests = states.map((state) => finishMd5(core, state));
  expect(digests, random.note("640 bytes")).toEqual(four(() => 0).map(() => md5(source)));
});

test("md5Update4() returns 0 and does nothing without blocks or when a state holds a partial block", () => {
  const { exports, bytes, arena } = core;
  const pointers = four((lane) => arena + 64 * lane);
  const snapshot = () => bytes.slice(exports.scratchStart(), exports.scratchStart() + 512);

  const untouched = freshStates();
  const fresh = snapshot();
  expect(exports.md5Update4(...untouched, ...pointers, 0)).toBe(0);
  expect(snapshot()).toEqual(fresh);

  for (let lane = 0; lane < 4; lane++) {
    const states = freshStates();
    exports.md5Update(states[lane] ?? 0, arena, 65);
    const before = snapshot();
    expect(exports.md5Update4(...states, ...pointers, 1), `partial block in lane ${lane}`).toBe(0);
    expect(snapshot()).toEqual(before);
  }
});

test("md5Update4() does not change its inputs", () => {
  const random = new Random();
  const around = random.fill(core.bytes.subarray(core.arena, core.arena + 50_000));
  const before = around.slice();
  const pointers = four((lane) => core.arena + 9999 * lane + 5);
  core.exports.md5Update4(...freshStates(), ...pointers, 150);
  expect(Buffer.compare(around, before), random.note("compared 50 000 bytes")).toBe(0);
});
