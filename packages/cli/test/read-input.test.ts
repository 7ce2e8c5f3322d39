import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readInput } from "../src/selection/read-input.ts";

let folder = "";
let pipe = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosup-input-"));
  pipe = join(folder, "pipe");
  if (process.platform !== "win32") execFileSync("mkfifo", [pipe]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it.skipIf(process.platform === "win32")(
  "an interruption ends the wait for a pipe that nobody writes",
  async () => {
    const interrupted = new Error("interrupted");
    await expect(readInput(pipe, AbortSignal.abort(interrupted))).rejects.toBe(interrupted);
    const controller = new AbortController();
    const reading = readInput(pipe, controller.signal);
    setTimeout(() => controller.abort(interrupted), 50);
    await expect(reading).rejects.toBe(interrupted);
  },
);

it.skipIf(process.platform === "win32")("a pipe is remembered, because it can be read once", async () => {
  const reading = readInput(pipe, undefined);
  await writeFile(pipe, "*.map\n");
  expect((await reading).toString()).toBe("*.map\n");
  expect((await readInput(pipe, undefined)).toString()).toBe("*.map\n");
});

it("a stream is read to its end, or until an interruption", async () => {
  const stream = new PassThrough();
  stream.end("list");
  expect((await readInput(stream, undefined)).toString()).toBe("list");
  const interrupted = new Error("interrupted");
  const controller = new AbortController();
  const reading = readInput(new PassThrough(), controller.signal);
  controller.abort(interrupted);
  await expect(reading).rejects.toBe(interrupted);
});

it("a file is read again each time, and what cannot be read is told", async () => {
  const file = join(folder, "rules");
  for (const text of ["a", "b"]) {
    await writeFile(file, text);
    expect((await readInput(file, undefined)).toString()).toBe(text);
  }
  await expect(readInput(join(folder, "none"), undefined)).rejects.toThrow(/ENOENT/);
});
