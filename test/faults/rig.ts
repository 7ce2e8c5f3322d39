import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CosClient, CosOptions, UploadFileParameters, UploadResult, UploadWarning } from "@cosup/core";
import { CosError } from "@cosup/core";
import type { Instruction, OperationName, RunningEmulator } from "@cosup/emulator";
import { fileCheckpoints } from "@cosup/node";
import { patientClient, virtualClient } from "./clients.ts";
import { openFaultyEmulator } from "./faulty-emulator.ts";
import { operationOf } from "./operation-of.ts";
import type { VirtualTime } from "./virtual-time.ts";

const BUCKET = "cases-1250000000";
/** Three parts. */
const SIZE = 25_000;

export const SOURCE = Uint8Array.from({ length: SIZE }, (_, index) => (index * 31) % 251);
/** As long as the source, with other bytes. */
export const OLDER = Uint8Array.from({ length: SIZE }, (_, index) => (index * 17 + 5) % 241);

/** One key of the emulator, a client for it, and checks of both that do not use that client. */
export interface RigCase {
  readonly client: CosClient;
  /** Another client for the same key, on the virtual time of the rig. */
  virtualClient(options: CosOptions): CosClient;
  /** Advances the virtual time of the rig until `work` has settled. */
  run<T>(work: () => Promise<T>): Promise<T>;
  readonly object: { readonly Bucket: string; readonly Key: string };
  readonly warnings: UploadWarning[];
  /** Operations in the order in which they were sent. */
  readonly sent: OperationName[];
  /** Replaces the faults of the case. */
  script(instructions: readonly Instruction[]): void;
  /** Throws when a fault of the script has not fired. */
  expectAllFired(): void;
  allFired(): boolean;
  /** Uploads the source in three parts, with the checkpoints of this case unless `parameters` has others. */
  upload(parameters?: Partial<UploadFileParameters>): Promise<UploadResult>;
  plant(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  stored(): Promise<"source" | "older" | "other" | "none">;
  openUploads(): Promise<number>;
  /** Names of all files in the checkpoint directory. */
  checkpointFiles(): Promise<readonly string[]>;
}

export interface Rig {
  begin(name: string): RigCase;
  close(): Promise<void>;
}

/** Starts an emulator for the cases of a test file, on the system clock or on `time`. */
export async function openRig(time?: VirtualTime): Promise<Rig> {
  const { emulator, directory, close } = await openFaultyEmulator(BUCKET, time);
  await writeFile(join(directory, "source.bin"), SOURCE);
  let begun = 0;
  return {
    begin: (name) => {
      begun += 1;
      const run = `${begun}-${name.replace(/[^a-z]+/gi, "-").slice(0, 50)}`;
      return begin(emulator, directory, run, time);
    },
    close,
  };
}

function begin(emulator: RunningEmulator, directory: string, run: string, time?: VirtualTime): RigCase {
  const sent: OperationName[] = [];
  const warnings: UploadWarning[] = [];
  const client = patientClient(emulator.url, run, {
    onSend: (request) => void sent.push(operationOf(request)),
  });
  const virtual = (): VirtualTime => {
    if (time === undefined) throw new Error("this rig runs on the system clock");
    return time;
  };
  const object = { Bucket: BUCKET, Key: run };
  const url = `${emulator.url}/${BUCKET}/${run}`;
  const state = join(directory, `${run}.state`);
  emulator.faults.install(run, []);
  return {
    client,
    virtualClient: (options) => virtualClient(emulator.url, run, {}, virtual(), options),
    run: (work) => virtual().run(work, () => emulator.faults.receipt(run)),
    object,
    warnings,
    sent,
    script: (instructions) => emulator.faults.install(run, instructions),
    expectAllFired: () => emulator.faults.expectAllFired(run),
    allFired: () => emulator.faults.receipt(run)?.instructions.every(({ fired }) => fired > 0) ?? false,
    upload: (parameters) =>
      client.uploadFile({
        ...object,
        LocalFilePath: join(directory, "source.bin"),
        PartSize: 10,
        MAXThread: 1,
        checkpoints: fileCheckpoints(state),
        onWarning: (warning) => warnings.push(warning),
        ...parameters,
      }),
    plant: async (bytes) => {
      await fetch(url, { method: "PUT", body: bytes });
    },
    stored: () => storedAt(url),
    openUploads: async () => {
      const response = await fetch(`${emulator.url}/${BUCKET}?uploads&prefix=${run}`);
      return (await response.text()).match(/<UploadId>/g)?.length ?? 0;
    },
    checkpointFiles: () => readdir(state).catch(() => []),
  };
}

async function storedAt(url: string): Promise<"source" | "older" | "other" | "none"> {
  const response = await fetch(url);
  const bytes = Buffer.from(await response.arrayBuffer());
  if (response.status === 404) return "none";
  if (bytes.equals(SOURCE)) return "source";
  return bytes.equals(OLDER) ? "older" : "other";
}

/** The outcome of a call: `stored`, `skipped`, or the code of its error with its message. */
export async function verdictOf(call: Promise<UploadResult>): Promise<{ verdict: string; message: string }> {
  try {
    const { skipped } = await call;
    return { verdict: skipped ? "skipped" : "stored", message: "" };
  } catch (error) {
    if (!(error instanceof CosError)) throw error;
    return { verdict: error.code, message: error.message };
  }
}
