import type { Digest, DigestCore } from "../digest/digest-core.ts";
import type { BodyToRead } from "../http/sending.ts";
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

/** A part that is read while it is sent. */
export interface PartToRead extends BodyToRead {
  /** Reads what no request has asked for, and returns the digest of the whole part; `bytes` is its memory. */
  digest(bytes: Uint8Array, withMd5?: boolean): Promise<Digest>;
}

/** A part of any source in memory, with its number. */
export interface FilledPart extends Omit<StreamPart, "ended" | "release"> {
  readonly partNumber: number;
  /** Set when the part is read while it is sent, block by block into `bytes`. */
  readonly toRead?: PartToRead;
  /** Gives the memory back; with `toRead`, when the read under way has ended. */
  release(): void | Promise<void>;
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
  /** Bytes of a part of a stream whose parts are not all equal. */
  readonly lengthOf?: ((partNumber: number) => number) | undefined;
  /** The fewest bytes that a part before the last may have; undefined: a part is never cut. */
  readonly least?: ((partNumber: number) => number) | undefined;
  /** Called when a part is larger than the memory budget. */
  readonly onOversize?: ((length: number) => void) | undefined;
}
