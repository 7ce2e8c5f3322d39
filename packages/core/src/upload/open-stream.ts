import type { DigestCore } from "../digest/digest-core.ts";
import type { Md5Stream } from "../digest/md5-stream.ts";
import type { ByteSource } from "../runtime/byte-source.ts";
import type { ReaderOptions } from "./filled-part.ts";
import type { UploadDependencies, UploadOptions } from "./options.ts";
import { PartReader } from "./part-reader.ts";
import { MB, streamPartLength } from "./plan.ts";
import type { StoredPart } from "./stored-parts.ts";
import { warn } from "./warn.ts";

/** A part before the last may be cut to this share of its planned length, but not below COS's smallest part. */
const LEAST_SHARE = 1 / 8;

/** The lengths of the parts of a stream. */
export class StreamLengths {
  /** Bytes of the first part: as many as one PUT may have, because the stream may end in it. */
  first: number;
  /** Bytes of the other parts, before they grow. */
  partSize: number;
  /** Parts that COS holds of an earlier call: they are read with the length that they have there. */
  stored: ReadonlyMap<number, StoredPart> = new Map();
  readonly #size: number | undefined;
  readonly #largest: number;
  readonly #unit: number;

  constructor(size: number | undefined, first: number, partSize: number, dependencies: UploadDependencies) {
    this.first = first;
    this.partSize = partSize;
    this.#size = size;
    this.#largest = dependencies.largestPart ?? Number.POSITIVE_INFINITY;
    this.#unit = dependencies.partUnit ?? MB;
  }

  of(partNumber: number): number {
    const planned = this.#planned(partNumber);
    const stored = this.stored.get(partNumber)?.size ?? 0;
    return stored >= this.#unit && stored <= planned ? stored : planned;
  }

  /** The fewest bytes that a part before the last may have. */
  least(partNumber: number): number {
    return Math.max(this.#unit, Math.floor(this.#planned(partNumber) * LEAST_SHARE));
  }

  #planned(partNumber: number): number {
    if (partNumber === 1) return this.first;
    if (this.#size !== undefined) return this.partSize;
    return streamPartLength(partNumber, this.partSize, this.#largest, this.#unit);
  }
}

/** The options of the reader of an upload's parts. */
export function readerOptions(
  options: UploadOptions,
  dependencies: UploadDependencies,
  lengths?: StreamLengths,
): ReaderOptions {
  let warned = false;
  return {
    clock: dependencies.clock,
    digestCoreFor: dependencies.digestCoreFor,
    sourceIdleMs: options.sourceIdleMs,
    lengthOf: lengths && ((partNumber) => lengths.of(partNumber)),
    least: lengths && ((partNumber) => lengths.least(partNumber)),
    onOversize: (length) => {
      if (warned) return;
      warned = true;
      const message = `a part of ${length} bytes exceeds the memory budget: it is held besides it, one such part at a time`;
      warn(options, "memory-over-budget", message);
    },
  };
}

/** A stream, with the reader of its parts. */
export interface OpenStream {
  readonly core: DigestCore;
  readonly reader: PartReader;
  readonly lengths: StreamLengths;
  readonly md5: Md5Stream | undefined;
}

/** Opens a stream for reading in parts. It may end in the first one. */
export async function openStream(
  source: ByteSource,
  options: UploadOptions,
  dependencies: UploadDependencies,
  lengths: StreamLengths,
): Promise<OpenStream> {
  const { size } = source;
  const core = await dependencies.digestCoreFor(0);
  // Fails before anything is read if the memory budget has no room for a part.
  if (!source.inMemory) await dependencies.digestCoreFor(lengths.of(1));
  const md5 = options.contentMd5 === undefined ? undefined : core.md5Stream();
  const plan = size === undefined ? undefined : { size, partSize: lengths.partSize, partCount: 1 };
  const more = readerOptions(options, dependencies, lengths);
  const reader = new PartReader({ source, core, partSize: lengths.partSize, plan, md5 }, more);
  return { core, reader, lengths, md5 };
}
