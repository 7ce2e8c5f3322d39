import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { RunResult } from "@cosup/fleet/embedded";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openUploads } from "../../src/transfer/index.ts";
import { BUCKET, bytesOf, crc64Of, MIB, openRig, type Rig } from "../support/rig.ts";

const CHILD = fileURLToPath(new URL("run-child.mjs", import.meta.url));

const SMALL = 400;
/** Requests that carry bytes until the process is killed, the next one, and so on. */
const KILLS = [1, 40, 100, 100, 100, 60];
/** What may be under way when a process is killed: objects, and parts of two large ones. */
const MOST_AT_ONCE = 8 + 2 * 4;

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

// It runs what is built, as users do: `npm run build` first.
it("a run that is killed again and again ends with every object right, and sends hardly anything twice", async () => {
  const [small, large] = [bytesOf("small", 3000), bytesOf("large", 24 * MIB + 5)];
  rig.file("small", small);
  rig.file("large", large);
  const entries = Array.from({ length: SMALL }, (_, at) => ({ source: "small", key: `small/${at}` }));
  entries.splice(100, 0, { source: "large", key: "large/1" });
  entries.splice(200, 0, { source: "large", key: "large/2" });
  const manifest = rig.file("m.jsonl", Buffer.from(entries.map((each) => JSON.stringify(each)).join("\n")));
  const start = (): ChildProcess => {
    const { clientOptions } = rig.emulator;
    const ledger = join(rig.folder, "killed.ledger");
    const options = {
      client: clientOptions,
      manifest,
      bucket: BUCKET,
      ledger,
      root: rig.folder,
      partSize: MIB,
    };
    return spawn(process.execPath, [CHILD, JSON.stringify(options)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
  };
  let sends = 0;
  for (const most of KILLS) {
    const child = start();
    const upTo = sends + most;
    rig.middleware = (call, next) => {
      if (call.operation !== "PutObject" && call.operation !== "UploadPart") return next();
      sends += 1;
      if (sends >= upTo) child.kill("SIGKILL");
      return next();
    };
    const [, signal] = (await once(child, "exit")) as [number | null, string | null];
    expect(signal).toBe("SIGKILL");
  }
  rig.middleware = (call, next) => {
    if (call.operation === "PutObject" || call.operation === "UploadPart") sends += 1;
    return next();
  };
  const last = start();
  const result = JSON.parse(await text(last.stdout as NodeJS.ReadableStream)) as RunResult;
  expect(result).toMatchObject({ failed: 0, failures: [], unfinishedUploads: [] });
  expect(result.sent + result.unchanged + result.resumed).toBe(SMALL + 2);
  const crc64 = { small: await crc64Of(small), large: await crc64Of(large) };
  for (const { key } of entries) {
    const stored = await rig.cos.headObject({ Bucket: BUCKET, Key: key });
    expect(stored.crc64, key).toBe(key.startsWith("small") ? crc64.small : crc64.large);
  }
  // A kill between Initiate and its response leaves an upload, which is reported.
  const left = await Promise.all(["large/1", "large/2"].map((key) => openUploads(rig.context, key)));
  const ids = (uploads: readonly { readonly uploadId: string }[]) =>
    uploads.map(({ uploadId }) => uploadId).sort();
  expect(ids(result.possibleOrphans)).toEqual(ids(left.flat()));
  expect(sends).toBeGreaterThanOrEqual(SMALL + 2 * 25);
  expect(sends).toBeLessThanOrEqual(SMALL + 2 * 25 + KILLS.length * MOST_AT_ONCE);
}, 180_000);
