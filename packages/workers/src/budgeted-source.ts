import type { ByteSource } from "@cosup/core/runtime";
import { exhausted, type SubrequestMeter } from "./subrequest-meter.ts";

/** A part that has been read is being digested, and about to be sent, for at most this long. */
const DIGEST_MS = 50;

/** What one upload may use of the subrequest budget. */
export interface SubrequestAllowance {
  readonly meter: SubrequestMeter;
  /** Subrequests of each part. */
  readonly perPart: number;
  /** Subrequests after the last part. */
  readonly closing: number;
  /** Parts that are planned, or that this invocation has room for. */
  readonly parts: number;
}

/** A source that is known to fit: its subrequests are set aside until they are made. */
export function metered(source: ByteSource, allowance: SubrequestAllowance): ByteSource {
  return withAllowance(source, allowance);
}

/**
 * A source that stops after the parts there is room for, when all of them are acknowledged: the upload ends with
 * `subrequests-exhausted`, and its checkpoint has missed nothing.
 */
export function stopAfterBudget(source: ByteSource, allowance: SubrequestAllowance): ByteSource {
  const { meter, parts } = allowance;
  return withAllowance(source, allowance, async (_bytes, signal) => {
    do {
      await meter.idle(signal);
      await new Promise((resolve) => setTimeout(resolve, DIGEST_MS));
    } while (meter.busy);
    throw exhausted(
      `the subrequestBudget of ${meter.budget} was enough for ${parts} parts in this invocation`,
    );
  });
}

/** A stream of unknown length, which may turn out to be longer than what there is room for. */
export function limitToBudget(
  source: ByteSource,
  allowance: SubrequestAllowance,
  partSize: number,
): ByteSource {
  const { meter, parts } = allowance;
  return withAllowance(source, allowance, async (read) => {
    const bytes = await read();
    if (bytes.length === 0) return bytes;
    throw exhausted(
      `the stream is longer than ${parts * partSize} bytes, the most that a subrequestBudget of ${meter.budget} carries`,
      "declare its length (ContentLength), or give a larger PartSize or subrequestBudget",
    );
  });
}

/** What becomes of a read for which there is no room. */
type Beyond = (read: () => Promise<Uint8Array>, signal: AbortSignal | undefined) => Promise<Uint8Array>;

function withAllowance(source: ByteSource, allowance: SubrequestAllowance, beyond?: Beyond): ByteSource {
  const { meter, perPart, closing, parts } = allowance;
  const reserved = meter.setAside(closing + parts * perPart);
  let left = parts;
  return {
    // One by one: the methods of a class do not come along with a spread. Without `interrupt`, because each read counts
    // as a part.
    size: source.size,
    fingerprint: source.fingerprint,
    access: source.access,
    inMemory: source.inMemory,
    ...(source.immutable === undefined ? {} : { immutable: source.immutable }),
    changed: () => source.changed(),
    read: (start, end, into, signal) => {
      const read = (): Promise<Uint8Array> => source.read(start, end, into, signal);
      // The look at whether a stream ends where it should is no part.
      if (source.size !== undefined && start >= source.size) return read();
      if (left === 0 && beyond !== undefined) return beyond(read, signal);
      left = Math.max(0, left - 1);
      reserved.left = closing + left * perPart;
      return read();
    },
    close: async () => {
      meter.giveBack(reserved);
      await source.close();
    },
  };
}
