import { afterEach, expect, it, vi } from "vitest";
import { changedAuthorities, trust } from "../src/threads/authorities.ts";

afterEach(() => vi.restoreAllMocks());

/** A node:tls that trusts these certificates. */
function tls(certificates: Record<string, string[]> | undefined) {
  const set: unknown[] = [];
  const module = certificates && {
    getCACertificates: (type: string) => certificates[type] ?? [],
    setDefaultCACertificates: (list: unknown) => void set.push(list),
  };
  vi.spyOn(process, "getBuiltinModule").mockReturnValue((module ?? {}) as never);
  return set;
}

it.each([
  ["those of every thread", { default: ["a", "b", "c"], bundled: ["a", "b"], extra: ["c"] }, undefined],
  ["one more", { default: ["a", "b", "own"], bundled: ["a", "b"] }, ["a", "b", "own"]],
  ["others, as many", { default: ["a", "own"], bundled: ["a", "b"] }, ["a", "own"]],
  ["fewer", { default: ["own"], bundled: ["a", "b"] }, ["own"]],
  ["none that Node knows of", { default: [], bundled: ["a"] }, undefined],
  ["those of a Node that does not tell", undefined, undefined],
])("a thread is told which authorities to trust: %s", (_, certificates, told) => {
  const set = tls(certificates);
  expect(changedAuthorities()).toEqual(told);
  trust(told);
  expect(set).toEqual(told === undefined ? [] : [told]);
});
