import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { withDescriptor } from "../src/descriptors.ts";
import { caught } from "./caught.ts";
import { startChildWithFewDescriptors, useChildren } from "./child-process.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

useChildren();

const full = (code = "EMFILE"): Error => Object.assign(new Error(code), { code });

/** Waits that are over at once, and remembered. */
function instantWaits(): { waits: number[]; wait: (delayMs: number) => Promise<void> } {
  const waits: number[] = [];
  const wait = async (delayMs: number): Promise<void> => {
    waits.push(delayMs);
  };
  return { waits, wait };
}

it.each(["EMFILE", "ENFILE"])("waits, ever longer, while there is %s", async (code) => {
  const { waits, wait } = instantWaits();
  let attempts = 0;
  const action = async (): Promise<string> => {
    attempts += 1;
    if (attempts < 6) {
      throw full(code);
    }
    return "open";
  };
  expect(await withDescriptor(action, undefined, wait)).toBe("open");
  expect(waits.length).toBe(5);
  expect(waits[4]).toBeGreaterThan(waits[0] ?? Number.POSITIVE_INFINITY);
});

it("gives up in the end", async () => {
  const { waits, wait } = instantWaits();
  const error = full();
  expect(await caught(withDescriptor(() => Promise.reject(error), undefined, wait))).toBe(error);
  expect(waits.length).toBeGreaterThan(5);
});

it("does not wait for anything else", async () => {
  const { waits, wait } = instantWaits();
  const error = full("ENOENT");
  expect(await caught(withDescriptor(() => Promise.reject(error), undefined, wait))).toBe(error);
  expect(waits).toEqual([]);
});

it("stops waiting when the signal aborts", async () => {
  const controller = new AbortController();
  const waiting = caught(withDescriptor(() => Promise.reject(full()), controller.signal));
  await new Promise(setImmediate);
  controller.abort(new Error("enough"));
  expect(await waiting).toBe(controller.signal.reason);
});

it.skipIf(process.platform === "win32")("300 files at once in a process that may open 48", async () => {
  const directory = await temporaryDirectory();
  for (let index = 0; index < 300; index++) {
    await writeFile(join(directory, `f${index}`), "0123456789");
  }
  const child = startChildWithFewDescriptors(48, "read-files", directory);
  expect(await child.line()).toBe("300 files, 3000 bytes");
});
