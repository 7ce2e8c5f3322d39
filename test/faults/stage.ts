import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CosClient, UploadWarning } from "@cosup/core";
import type { Receipt, RunningEmulator } from "@cosup/emulator";
import { crc64 } from "hash-wasm";
import { type Combination, kindOf } from "./combinations.ts";
import { openFaultyEmulator } from "./faulty-emulator.ts";
import { FLOWS } from "./flows.ts";
import { hurriedClient, patientClient } from "./hurried-client.ts";

const BUCKET = "faults-1250000000";

/** What came of an upload under a fault. */
export interface Outcome {
  readonly error: unknown;
  /** CRC64 and size that the client reported. */
  readonly result: { readonly crc64: string | undefined; readonly size: number } | undefined;
  readonly expectedCrc64: string;
  /** What is at the key afterwards. */
  readonly object: "source" | "previous" | "other" | "none";
  /** Uploads of the key that are still open. */
  readonly openUploads: number;
  readonly warnings: readonly UploadWarning[];
  readonly receipt: Receipt;
  /** Exchanges that a deadline has ended. */
  readonly deadlines: number;
  readonly ms: number;
}

/** An emulator, and clients that are in a hurry. */
export interface Stage {
  play(combination: Combination): Promise<Outcome>;
  close(): Promise<void>;
}

export async function setStage(): Promise<Stage> {
  const { emulator, directory, close } = await openFaultyEmulator(BUCKET);
  let played = 0;
  return {
    async play(combination) {
      played += 1;
      return play(emulator, combination, `case-${played}`, directory);
    },
    close,
  };
}

async function play(
  emulator: RunningEmulator,
  { flow, instruction, stalls }: Combination,
  run: string,
  directory: string,
): Promise<Outcome> {
  const { size, script, upload } = FLOWS[flow];
  const source = Uint8Array.from({ length: size }, (_, index) => (index * 31 + run.length * 7) % 251);
  const path = join(directory, `${run}.bin`);
  await writeFile(path, source);
  const base = `${emulator.url}/${BUCKET}/${run}`;
  await fetch(base, { method: "PUT", body: PREVIOUS });
  await fetch(`${base}.source`, { method: "PUT", body: source });
  emulator.faults.install(run, [instruction, ...script]);
  const deadlines = new Set<unknown>();
  // Only what waits for a deadline need not wait for that of life.
  const newClient = stalls ? hurriedClient : patientClient;
  const client = newClient(emulator.url, run, { deadlines });
  // Connections that have carried a request, for the fault that needs one.
  await warmUp(client);
  deadlines.clear();
  const warnings: UploadWarning[] = [];
  const started = performance.now();
  const attempt = {
    client,
    Bucket: BUCKET,
    Key: run,
    source,
    path,
    directory: join(directory, run),
    warnings,
    // Side by side, it is chance whether another part still reaches an upload that somebody ends.
    threads: kindOf(instruction.fault) === "end-upload" ? 1 : 2,
  };
  const { result, error } = await upload(attempt).then(
    (done) => ({ result: done, error: undefined }),
    (failure: unknown) => ({ result: undefined, error: failure }),
  );
  const ms = performance.now() - started;
  await client.close();
  const receipt = await settledReceipt(emulator, run);
  emulator.faults.remove(run);
  return {
    error,
    result,
    expectedCrc64: BigInt(`0x${await crc64(source)}`).toString(),
    object: await objectAt(base, source),
    openUploads: await openUploadsOf(emulator, run),
    warnings,
    receipt,
    // That of an Abort can also pass between two attempts.
    deadlines: Math.max(
      deadlines.size,
      warnings.filter(({ message }) => /no answer within/.test(message)).length,
    ),
    ms,
  };
}

/**
 * Three connections, as undici takes one again only in the next turn of the event loop and opens another before that.
 * On a busy machine, a client in a hurry may need more than one call for it.
 */
async function warmUp(client: CosClient): Promise<void> {
  for (let call = 1; call < 5; call += 1) {
    const warm = await Promise.allSettled(
      Array.from({ length: 3 }, () => client.listMultipartUploads({ Bucket: BUCKET, Prefix: "none" })),
    );
    await new Promise((resolve) => setImmediate(resolve));
    if (warm.every(({ status }) => status === "fulfilled")) return;
  }
}

/** A delivery that comes again may come after the upload has ended. */
async function settledReceipt(emulator: RunningEmulator, run: string): Promise<Receipt> {
  for (let waited = 0; ; waited += 10) {
    const receipt = emulator.faults.receipt(run);
    if (!receipt) throw new Error("the run is gone");
    if (waited > 500 || receipt.instructions.every(({ fired }) => fired > 0)) return receipt;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const PREVIOUS = "the object that was there before";

async function objectAt(url: string, source: Uint8Array): Promise<Outcome["object"]> {
  const answer = await fetch(url);
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (answer.status === 404) return "none";
  if (bytes.equals(source)) return "source";
  return bytes.toString() === PREVIOUS ? "previous" : "other";
}

async function openUploadsOf(emulator: RunningEmulator, key: string): Promise<number> {
  const answer = await fetch(`${emulator.url}/${BUCKET}?uploads&prefix=${key}`);
  return [...(await answer.text()).matchAll(/<Key>([^<]*)<\/Key>/g)].filter(([, found]) => found === key)
    .length;
}
