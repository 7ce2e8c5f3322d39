import type { ByteSource } from "@cosup/core/runtime";
import { exhausted, type SubrequestMeter } from "./subrequest-meter.ts";

/** The longest time from the end of a part's read to its request: the part is digested meanwhile. */
const DIGEST_MS = 50;

/** What one upload may use of the subrequest budget. */
export interface SubrequestAllowance {
  readonly meter: SubrequestMeter;
  /** Subrequests of each part. */
  readonly perPart: number;
  /** Subrequests after the last part. */
  readonly closing: number;
  /** Planned parts, or parts that this invocation has subrequests for. */
  readonly parts: number;
}

/** Wraps a source that fits: its subrequests stay reserved until they are made. */
export function metered(source: ByteSource, allowance: SubrequestAllowance): ByteSource {
  return withAllowance(source, allowance);
}

/**
 * Wraps a source so that reading stops after `allowance.parts` parts, once all of them are acknowledged. The upload
 * ends with `subrequests-exhausted`, and its checkpoint has every part that was sent.
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

/** Wraps a stream of unknown length, which may be longer than `allowance.parts` parts. */
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
      `the stream is longer than ${parts * partSize} bytes, the maximum for a subrequestBudget of ${meter.budget}`,
      "declare its length (ContentLength), or give a larger PartSize or subrequestBudget",
    );
  });
}

/** Handles a read after the last allowed part. */
type Beyond = (read: () => Promise<Uint8Array>, signal: AbortSignal | undefined) => Promise<Uint8Array>;

function withAllowance(source: ByteSource, allowance: SubrequestAllowance, beyond?: Beyond): ByteSource {
  const { meter, perPart, closing, parts } = allowance;
  const reserved = meter.setAside(closing + parts * perPart);
  let left = parts;
  return {
    // Member by member, because a spread does not copy the methods of a class. `interrupt` is left out, because each
    // read counts as a part.
    size: source.size,
    fingerprint: source.fingerprint,
    access: source.access,
    inMemory: source.inMemory,
    ...(source.immutable === undefined ? {} : { immutable: source.immutable }),
    changed: () => source.changed(),
    read: (start, end, into, signal) => {
      const read = (): Promise<Uint8Array> => source.read(start, end, into, signal);
      // A read at the end only checks that the source has no more bytes. It is not a part.
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
