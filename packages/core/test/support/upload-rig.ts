import type { DigestCore } from "../../src/digest/digest-core.ts";
import type { ByteSource } from "../../src/runtime/byte-source.ts";
import { readerInBlocks } from "../../src/upload/block-part-reader.ts";
import type { UploadOptions, UploadWarning } from "../../src/upload/options.ts";
import type { Uploaded } from "../../src/upload/uploaded.ts";
import { upload } from "../../src/upload/uploader.ts";
import { caught } from "./caught.ts";
import { createCore } from "./core.ts";
import { MemoryCheckpoints } from "./memory-checkpoints.ts";
import { denied, MemoryTarget } from "./memory-target.ts";
import { VirtualClock } from "./virtual-clock.ts";

export const KB = 1024;

/** A file source whose content the test may change. */
export class TestFile implements ByteSource {
  readonly size: number;
  fingerprint: string | undefined = "file-1";
  readonly access = "random";
  readonly inMemory = false;
  readonly immutable: boolean;
  reads: [start: number, end: number][] = [];
  closed = 0;
  isChanged = false;
  /** Called before each read. */
  onRead: (start: number) => void | Promise<void> = () => {};

  constructor(
    public bytes: Uint8Array,
    immutable = false,
  ) {
    this.size = bytes.length;
    this.immutable = immutable;
  }

  async read(start: number, end: number, into: Uint8Array): Promise<Uint8Array> {
    this.reads.push([start, end]);
    await this.onRead(start);
    const part = this.bytes.subarray(start, end);
    into.set(part);
    return into.subarray(0, part.length);
  }

  async changed(): Promise<boolean | "metadata"> {
    return this.isChanged;
  }

  async close(): Promise<void> {
    this.closed += 1;
  }
}

export interface Rig {
  readonly clock: VirtualClock;
  readonly target: MemoryTarget;
  readonly checkpoints: MemoryCheckpoints;
  readonly core: DigestCore;
  readonly warnings: UploadWarning[];
  readonly progress: [consumed: number, total: number | undefined][];
  /** Uploads in parts of 1 KB, three in parallel, one PUT up to 4 KB, with checkpoints. */
  run(source: ByteSource, options?: Partial<UploadOptions>): Promise<Uploaded>;
  /** The same clock, with which the test advances the time. */
  start(source: ByteSource, options?: Partial<UploadOptions>): Promise<Uploaded>;
}

/** The default options of an upload in parts. */
export const UPLOAD_OPTIONS: UploadOptions = {
  Bucket: "examplebucket-1250000000",
  Key: "exampleobject",
  partSize: KB,
  threshold: 4 * KB,
  concurrency: 3,
  enableMd5: false,
  contentMd5: undefined,
  headers: {},
  checkpoints: undefined,
  resume: "auto",
  signal: undefined,
  onProgress: undefined,
  onWarning: undefined,
};

/** An uploader of one key on virtual time. */
export async function createRig(seed = 1, arenaBytes = 256 * KB, inBlocks = false): Promise<Rig> {
  const clock = new VirtualClock(1_700_000_000_000, seed);
  const target = new MemoryTarget(clock);
  const checkpoints = new MemoryCheckpoints();
  const core = await createCore(arenaBytes, clock);
  const warnings: UploadWarning[] = [];
  const progress: [number, number | undefined][] = [];
  const start = (source: ByteSource, options: Partial<UploadOptions> = {}): Promise<Uploaded> =>
    upload(
      target,
      source,
      {
        ...UPLOAD_OPTIONS,
        headers: { "content-type": "text/plain" },
        checkpoints,
        onProgress: (consumed, total) => progress.push([consumed, total]),
        onWarning: (warning) => warnings.push(warning),
        ...options,
      },
      {
        clock,
        partUnit: KB,
        readerInBlocks: inBlocks ? readerInBlocks : undefined,
        digestCoreFor: async () => core,
      },
    );
  const run = (source: ByteSource, options?: Partial<UploadOptions>): Promise<Uploaded> =>
    clock.run(start(source, options));
  return { clock, target, checkpoints, core, warnings, progress, run, start };
}

/** A rig after an upload that failed after its second part: both parts are stored, and in its checkpoint. */
export async function interruptedRig(source: ByteSource): Promise<Rig> {
  const rig = await createRig();
  rig.target.fault = ({ operation, partNumber = 0 }) =>
    operation === "putPart" && partNumber > 2 ? { refuse: denied() } : undefined;
  await caught(rig.run(source, { concurrency: 1 }));
  rig.target.fault = () => undefined;
  rig.target.requests.length = 0;
  rig.checkpoints.saved.length = 0;
  return rig;
}
