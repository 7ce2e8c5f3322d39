import { setTimeout as pause } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { ask, pattern, stored, streamTo, unfinished } from "./objects.ts";
import { cos, useProbe, worker } from "./probe.ts";
import { MiB } from "./rig.ts";

useProbe();
// Nothing is published, and nothing is left behind that costs storage.
afterEach(async () => {
  expect(await stored(cos, "broken")).toBeUndefined();
  expect(await unfinished(cos)).toBe(0);
});

const BODY = pattern(30 * MiB);

test.each([
  ["fails at once", "chunks=1"],
  ["fails half-way", "chunks=400"],
])("a stream that %s", async (_name, query) => {
  const { error } = await ask(worker, `made?key=broken&fails=1&${query}`);
  expect(error).toMatchObject({ name: "SourceError", code: "source-unreadable" });
});

test.each([
  ["ends early", "length=31457281", "ended after 31457280 of 31457281 bytes"],
  ["is longer than declared", "length=31457279", "longer than the 31457279 bytes"],
  ["is much longer than declared", "length=22020096", "longer than the 22020096 bytes"],
  ["ends early, in one PUT", "length=20000000&chunks=1", "ended after"],
])("a stream that %s", async (_name, query, words) => {
  const call = query.includes("chunks") ? "made" : "stream";
  const { error } = await ask(worker, `${call}?key=broken&${query}`, call === "made" ? undefined : BODY);
  expect(error).toMatchObject({ name: "SourceError", code: "source-length" });
  expect(error?.message).toContain(words);
});

test.each([
  ["of known length", false],
  ["of unknown length", true],
])("a client that goes away half-way through a body %s", async (_name, chunked) => {
  const block = BODY.subarray(0, MiB);
  const url = new URL("request?key=broken", worker.url);
  const sending = streamTo(url, 64, block, { chunked, breakAfter: 40 });
  await expect(sending).rejects.toThrow("the client went away");
  await cos.whenAcknowledged("AbortMultipartUpload");
  expect(cos.count("AbortMultipartUpload")).toBe(1);
  expect(cos.count("CompleteMultipartUpload")).toBe(0);
  await pause(100);
});

test("a stream that yields something other than bytes", async () => {
  const { error } = await ask(worker, "badStream?key=broken");
  expect(error).toMatchObject({ name: "TypeError" });
});
