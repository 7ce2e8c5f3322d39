import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { afterEach } from "vitest";

type Functions = typeof fs;
type Name = {
  [K in keyof Functions]: Functions[K] extends (...parameters: never[]) => Promise<unknown> ? K : never;
}[keyof Functions];

const originals = { ...fs };

/** Replaces a function of node:fs/promises by `make(original)` until the end of the test. */
export function hook<K extends Name>(name: K, make: (real: Functions[K]) => Functions[K]): void {
  fs[name] = make(originals[name]);
  syncBuiltinESMExports();
}

/** A failure as the system reports it. */
export function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}

afterEach(() => {
  Object.assign(fs, originals);
  syncBuiltinESMExports();
});
