import { expect, it } from "vitest";
import { type FileState, fingerprintOf, stateChange } from "../../src/files/file-state.ts";

const numbers: FileState = { size: 5, mtime: 1_000, ctime: 2_000, ino: 7, dev: 1, nlink: 1 };
const bigints: FileState = { size: 5n, mtime: 1_000n, ctime: 2_000n, ino: 7n, dev: 1n, nlink: 1n };

it.each([
  ["numbers, as in Deno", numbers, 0],
  ["bigints, as in Node", bigints, 0n],
])("of %s: the same, other metadata, another file", (_, state, zero) => {
  expect(stateChange(state, { ...state })).toBe(false);
  expect(stateChange(state, { ...state, ctime: zero })).toBe("metadata");
  for (const field of ["size", "mtime", "ino", "dev"] as const) {
    expect(stateChange(state, { ...state, [field]: zero })).toBe(true);
  }
  expect(stateChange(state, { ...state, nlink: zero })).toBe(true);
  expect(stateChange({ ...state, nlink: zero }, { ...state, nlink: zero })).toBe(false);
  expect(fingerprintOf(state)).toBe("5:1000");
});

it("where the system has no count of names and no modification time", () => {
  const state = { ...numbers, nlink: null, mtime: undefined };
  expect(stateChange(state, { ...state })).toBe(false);
  expect(fingerprintOf(state)).toBeUndefined();
});
