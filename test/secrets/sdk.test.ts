import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CosClient, CosError } from "@cosup/core";
import { type RunningEmulator, startEmulator } from "@cosup/emulator";
import { fileCheckpoints } from "@cosup/node";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { patientClient, virtualClient } from "../faults/clients.ts";
import { PART_UNIT } from "../faults/flows.ts";
import { VirtualTime } from "../faults/virtual-time.ts";
import { CANARY, CUSTOMER_KEY, Sweep } from "./canaries.ts";
import { FAILURES, type Failure, type Keys } from "./failures.ts";

const Bucket = "secrets-1250000000";
const SIZE = 25_000;

let directory = "";
let emulator: RunningEmulator;
const log: string[] = [];
const lockFiles: string[] = [];
const sweep = new Sweep();
const stopListening = sweep.listen();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "cosup-secrets-"));
  await writeFile(join(directory, "source.bin"), new Uint8Array(SIZE).fill(7));
  emulator = await startEmulator({
    data: join(directory, "cos"),
    buckets: [Bucket],
    credentials: [CANARY],
    minPartSize: PART_UNIT,
    faults: true,
    log: (line) => log.push(line),
  });
});
afterAll(async () => {
  await emulator.close();
  await rm(directory, { recursive: true, force: true });
});

/** Every kind of request, and calls that make several. */
const CALLS: Readonly<Record<string, (client: CosClient, Key: string) => Promise<unknown>>> = {
  putObject: (client, Key) => client.putObject({ Bucket, Key, Body: "x" }),
  appendObject: (client, Key) => client.appendObject({ Bucket, Key: `${Key}.log`, Data: "x", Position: 0 }),
  headObject: (client, Key) => client.headObject({ Bucket, Key }),
  getObject: async (client, Key) => new Response((await client.getObject({ Bucket, Key })).Body).text(),
  copyObject: (client, Key) =>
    client.copyObject({ Bucket, Key: `${Key}.copy`, CopySource: { Bucket, Key, Region: "ap-guangzhou" } }),
  listMultipartUploads: (client) => client.listMultipartUploads({ Bucket }),
  listParts: (client, Key) => client.listParts({ Bucket, Key, UploadId: "none" }),
  uploadFile: (client, Key) => uploadInParts(client, `${Key}.parts`),
  "uploadFile, to go on": (client, Key) =>
    uploadInParts(client, `${Key}.resumed`).catch((error: CosError) => {
      // Stalls are left out: they show nothing new, and take as long as their deadlines.
      if (error.code === "timeout") throw error;
      return uploadInParts(client, `${Key}.resumed`);
    }),
  abortMultipartUpload: (client, Key) => client.abortMultipartUpload({ Bucket, Key, UploadId: "none" }),
  deleteObject: (client, Key) => client.deleteObject({ Bucket, Key }),
};

function uploadInParts(client: CosClient, Key: string): Promise<unknown> {
  const warnings: unknown[] = [];
  return client
    .uploadFile({
      Bucket,
      Key,
      LocalFilePath: join(directory, "source.bin"),
      PartSize: 10,
      checkpoints: fileCheckpoints(join(directory, "state")),
      onWarning: (warning) => warnings.push(warning),
      onProgress: () => lockFiles.push(...stateFiles(Key).filter((file) => file.endsWith(".lock"))),
      headers: {
        "x-cos-server-side-encryption-customer-algorithm": "AES256",
        "x-cos-server-side-encryption-customer-key": CUSTOMER_KEY.toString("base64"),
        "x-cos-server-side-encryption-customer-key-MD5": "rsTNmVBNRKp8c9YM9DU2kw==",
      },
    })
    .finally(() => sweep.addValue(`warnings of ${Key}`, warnings));
}

/** The current checkpoints and locks. */
function stateFiles(when: string): string[] {
  return sweep.addFiles(`checkpoints during ${when}`, join(directory, "state"));
}

function clientUnder(failure: Failure, run: string, time: VirtualTime): CosClient {
  const keys: Keys = {
    SecretId: `${CANARY.secretId}@${run}`,
    SecretKey: CANARY.secretKey,
    Token: CANARY.token,
  };
  emulator.faults.install(run, failure.script ?? []);
  const options = { ...keys, maxAttempts: 2, ...failure.options?.(keys) };
  return failure.stalls
    ? virtualClient(emulator.url, run, {}, time, options)
    : patientClient(emulator.url, run, {}, options);
}

/** Output during a call counts as a log. */
async function printed(where: string, work: () => Promise<void>): Promise<void> {
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((chunk) => {
      sweep.add(`${where}: ${name}`, String(chunk));
      return true;
    }),
  );
  await work().finally(() => {
    for (const spy of spies) spy.mockRestore();
  });
}

describe("no secret and no signature is shown under", () => {
  test.each(Object.entries(FAILURES))("%s", async (name, failure) => {
    const run = name.replace(/[^a-z]+/gi, "-");
    const failed: string[] = [];
    await printed(name, async () => {
      const time = new VirtualTime();
      const client = clientUnder(failure, run, time);
      const calls = Object.entries(CALLS).map(async ([call, work]) => {
        try {
          sweep.addValue(`${name}: result of ${call}`, await work(client, run));
        } catch (error) {
          failed.push(call);
          sweep.addValue(`${name}: error of ${call}`, error);
        }
      });
      const done = Promise.all(calls);
      await (failure.stalls
        ? time.run(
            () => done,
            () => emulator.faults.receipt(run),
          )
        : done);
      sweep.addValue(`${name}: client`, client);
      await client.close();
    });
    if (failure.mends !== true) expect(failed.length).toBeGreaterThan(0);
    expect(sweep.hits()).toEqual([]);
  });

  test("the checks have seen requests, logs, checkpoints and data", async () => {
    sweep.add("the emulator's log", log.join("\n"));
    sweep.addValue(
      "receipts",
      Object.keys(FAILURES).map((name) => emulator.faults.receipt(name.replace(/[^a-z]+/gi, "-"))),
    );
    const checkpoints = stateFiles("the end");
    const data = sweep.addFiles("the emulator's data", join(directory, "cos"));
    stopListening();
    expect(lockFiles.length).toBeGreaterThan(0);
    expect(log.length).toBeGreaterThan(100);
    expect(checkpoints.filter((file) => file.endsWith(".json")).length).toBeGreaterThan(0);
    expect(data.length).toBeGreaterThan(10);
    expect(sweep.signatures).toBeGreaterThan(200);
    expect(sweep.hits()).toEqual([]);
  });
});
