import type { DigestCore } from "../digest/digest-core.ts";
import type { ByteSource } from "../runtime/byte-source.ts";
import type { Clock } from "../runtime/clock.ts";

/** A part of a stream in memory. */
export interface StreamPart {
  readonly bytes: Uint8Array;
  /** Whether the stream ended with it. */
  readonly ended: boolean;
  /** The core that digests the bytes without a copy. */
  readonly core: DigestCore;
  /** Gives the memory back. */
  release(): void;
}

/** A part of any source in memory, with its number. */
export interface FilledPart extends Omit<StreamPart, "ended"> {
  readonly partNumber: number;
}

/** A stream that reports what it has so far when it is interrupted. */
export type InterruptibleSource = ByteSource & Required<Pick<ByteSource, "interrupt">>;

/** What a stream is read into parts with. */
export interface FillerOptions {
  readonly clock: Clock;
  /** The core whose arena has room for so many bytes. */
  digestCoreFor(bytes: number): Promise<DigestCore>;
  /** Milliseconds after which a stream that gives no bytes fails; undefined: never. */
  readonly sourceIdleMs: number | undefined;
}

/** What is needed to read more than equal parts that fit the shared arena. */
export interface ReaderOptions extends FillerOptions {
  /** Whether a part may be read while it is sent; not given: none may. */
  readonly inBlocks?: ((partNumber: number) => boolean) | undefined;
  /** Bytes of a part of a stream whose parts are not all equal. */
  readonly lengthOf?: ((partNumber: number) => number) | undefined;
  /** The fewest bytes that a part before the last may have; undefined: a part is never cut. */
  readonly least?: ((partNumber: number) => number) | undefined;
  /** Called when a part is larger than the memory budget. */
  readonly onOversize?: ((length: number) => void) | undefined;
}
