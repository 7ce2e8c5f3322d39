import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CosClient, UploadWarning } from "@cosup/core";
import type { WireRequest } from "@cosup/core/runtime";
import type { Receipt, RunningEmulator } from "@cosup/emulator";
import { crc64Of } from "../fixtures/crc64.ts";
import { patientClient, virtualClient, type Watch } from "./clients.ts";
import { type Combination, kindOf } from "./combinations.ts";
import { openFaultyEmulator } from "./faulty-emulator.ts";
import { FLOWS } from "./flows.ts";
import { operationOf } from "./operation-of.ts";
import type { VirtualTime } from "./virtual-time.ts";

const BUCKET = "faults-1250000000";

/** The outcome of an upload under a fault. */
export interface Outcome {
  readonly error: unknown;
  /** CRC64 and size that the client reported. */
  readonly result: { readonly crc64: string | undefined; readonly size: number } | undefined;
  readonly expectedCrc64: string;
  /** The object at the key afterwards. */
  readonly object: "source" | "previous" | "other" | "none";
  /** Uploads of the key that are still open. */
  readonly openUploads: number;
  readonly warnings: readonly UploadWarning[];
  readonly receipt: Receipt;
  /** Requests that a deadline ended. */
  readonly deadlines: number;
  /** Milliseconds of virtual time that deadlines took; 0 on the system clock. */
  readonly waitedMs: number;
}

/** An emulator that uploads under faults are played on. */
export interface CombinationRig {
  play(combination: Combination): Promise<Outcome>;
  close(): Promise<void>;
}

/** On the system clock, uploads may be played in parallel; on virtual time, only one after the other. */
export async function openCombinationRig(time?: VirtualTime): Promise<CombinationRig> {
  const { emulator, directory, close } = await openFaultyEmulator(BUCKET, time);
  let played = 0;
  return {
    play(combination) {
      played += 1;
      return new Play(emulator, combination, `case-${played}`, directory, time).outcome();
    },
    close,
  };
}

/** One upload under a fault, in a separate fault run. */
class Play {
  readonly #emulator: RunningEmulator;
  readonly #combination: Combination;
  readonly #run: string;
  readonly #directory: string;
  readonly #time: VirtualTime | undefined;
  readonly #client: CosClient;
  readonly #deadlines = new Set<unknown>();

  constructor(
    emulator: RunningEmulator,
    combination: Combination,
    run: string,
    directory: string,
    time: VirtualTime | undefined,
  ) {
    this.#emulator = emulator;
    this.#combination = combination;
    this.#run = run;
    this.#directory = directory;
    this.#time = time;
    const watch: Watch = { deadlines: this.#deadlines, onSend: (request) => this.#beforeSending(request) };
    this.#client = time
      ? virtualClient(emulator.url, run, watch, time)
      : patientClient(emulator.url, run, watch);
  }

  async outcome(): Promise<Outcome> {
    const { flow, instruction } = this.#combination;
    const { size, script } = FLOWS[flow];
    const source = Uint8Array.from({ length: size }, (_, index) => (index * 31 + this.#run.length * 7) % 251);
    const path = join(this.#directory, `${this.#run}.bin`);
    await writeFile(path, source);
    const base = `${this.#emulator.url}/${BUCKET}/${this.#run}`;
    await fetch(base, { method: "PUT", body: PREVIOUS });
    await fetch(`${base}.source`, { method: "PUT", body: source });
    this.#emulator.faults.install(this.#run, [instruction, ...script]);
    const warnings: UploadWarning[] = [];
    const { result, error } = await this.#upload(source, path, warnings).then(
      (done) => ({ result: done, error: undefined }),
      (failure: unknown) => ({ result: undefined, error: failure }),
    );
    await this.#client.close();
    const receipt = await this.#settledReceipt();
    this.#emulator.faults.remove(this.#run);
    return {
      error,
      result,
      expectedCrc64: await crc64Of([source]),
      object: await objectAt(base, source),
      openUploads: await openUploadsOf(this.#emulator, this.#run),
      warnings,
      receipt,
      // The deadline of an Abort can also pass between two attempts.
      deadlines: Math.max(
        this.#deadlines.size,
        warnings.filter(({ message }) => / within \d+ s/.test(message)).length,
      ),
      waitedMs: this.#time?.waitedMs ?? 0,
    };
  }

  #upload(source: Uint8Array<ArrayBuffer>, path: string, warnings: UploadWarning[]) {
    const { flow, instruction } = this.#combination;
    const attempt = {
      client: this.#client,
      Bucket: BUCKET,
      Key: this.#run,
      source,
      path,
      directory: join(this.#directory, this.#run),
      warnings,
      // With two threads, it would be chance whether another part still reaches an upload that somebody ends.
      threads: kindOf(instruction.fault) === "end-upload" ? 1 : 2,
    };
    const upload = () => FLOWS[flow].upload(attempt);
    return this.#time?.run(upload, () => this.#receipt()) ?? upload();
  }

  /**
   * A stale connection is one that has carried a request. Which connection of its pool undici uses for the next
   * request, and whether it opens a new one, depends on the state of the others; so all of them are used.
   */
  async #beforeSending(request: WireRequest): Promise<void> {
    const { op, instruction } = this.#combination;
    if (kindOf(instruction.fault) !== "stale-connection" || operationOf(request) !== op) return;
    if (this.#receipt().instructions[0]?.fired === 0) await warmUp(this.#client);
  }

  #receipt(): Receipt {
    const receipt = this.#emulator.faults.receipt(this.#run);
    if (!receipt) throw new Error("the run is gone");
    return receipt;
  }

  /** A duplicate delivery may come after the upload has ended, and a delay fires when its client has disconnected. */
  async #settledReceipt(): Promise<Receipt> {
    for (let looks = 0; ; looks += 1) {
      const receipt = this.#receipt();
      if (looks > 1000 || receipt.instructions.every(({ fired }) => fired > 0)) return receipt;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

/** Sends more requests in parallel than an upload does. Their connections are all idle afterwards. */
async function warmUp(client: CosClient): Promise<void> {
  const list = () => client.listMultipartUploads({ Bucket: BUCKET, Prefix: "none" });
  await Promise.all(Array.from({ length: 4 }, list));
  // undici takes a connection again only in the next turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
}

const PREVIOUS = "the object that was there before";

async function objectAt(url: string, source: Uint8Array): Promise<Outcome["object"]> {
  const response = await fetch(url);
  const bytes = Buffer.from(await response.arrayBuffer());
  if (response.status === 404) return "none";
  if (bytes.equals(source)) return "source";
  return bytes.toString() === PREVIOUS ? "previous" : "other";
}

async function openUploadsOf(emulator: RunningEmulator, key: string): Promise<number> {
  const response = await fetch(`${emulator.url}/${BUCKET}?uploads&prefix=${key}`);
  return [...(await response.text()).matchAll(/<Key>([^<]*)<\/Key>/g)].filter(([, found]) => found === key)
    .length;
}
