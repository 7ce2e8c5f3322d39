import { createCRC64 } from "hash-wasm";
import type { Outcome } from "./call.ts";
import { publishedUnheard } from "./exchange-record.ts";
import type { Rig } from "./rig.ts";

const hasher = await createCRC64();

/** CRC64-ECMA as COS prints it, by a library that shares nothing with ours. */
export function crc64(bytes: Uint8Array): string {
  return BigInt(`0x${hasher.init().update(bytes).digest("hex")}`).toString();
}

export function same(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : Buffer.compare(a, b) === 0;
}

export interface Judgement {
  readonly key: string;
  /** What was there before the calls. */
  readonly previous: Uint8Array | undefined;
  /** The sources that the calls were to store. */
  readonly sources: readonly Uint8Array[];
  readonly outcomes: readonly Outcome[];
  /** Exchanges from this one on belong to the calls. */
  readonly since: number;
}

/**
 * Compares the stored object with the results of the calls. After a success it equals a source; after a
 * failure it is unchanged, or equals a source whose success response was lost.
 * @returns the object that is stored now
 */
export async function judge(rig: Rig, judgement: Judgement): Promise<Uint8Array | undefined> {
  const { key, previous, sources, outcomes } = judgement;
  const object = await rig.service.object(key);
  const now = object?.bytes;
  if (object !== undefined && object.crc64 !== crc64(object.bytes)) {
    rig.fail(`${key}: the service says CRC64 ${object.crc64} of other bytes`);
  }
  const isSource = now !== undefined && sources.some((source) => same(source, now));
  const succeeded = outcomes.some(({ kind }) => kind === "done");
  if (succeeded ? isSource : isSource || same(now, previous)) {
    const changed = !same(now, previous);
    if (!succeeded && changed) judgeUnheard(rig, judgement);
    return now;
  }
  rig.fail(`${key}: ${describe(judgement)}, and the object is ${describeObject(now, sources, previous)}`);
  return now;
}

/** Published although the call failed: the error must be outcome-unknown, or the response was lost. */
function judgeUnheard(rig: Rig, { key, since, outcomes }: Judgement): void {
  if (outcomes.some(({ kind }) => kind === "aborted")) return;
  if (outcomes.some((outcome) => outcome.kind === "failed" && outcome.code === "outcome-unknown")) return;
  const then = rig.network.records.filter((record) => record.ordinal >= since);
  const ours = then.filter((record) => record.key === key);
  // Also the digest of the source of a copy, which has another key.
  const wrongDigest = then.some(({ fate }) => fate.kind === "wrong-crc");
  if (wrongDigest && outcomes.some((outcome) => outcome.kind === "failed" && outcome.code === "integrity"))
    return;
  const unheard = ours.filter(publishedUnheard).map(({ operation }) => operation);
  if (unheard.length === 0) rig.fail(`${key}: the call failed although its success was heard`);
  if (unheard.includes("Complete") && !unheard.includes("Put"))
    rig.fail(
      `${key}: published by a Complete that nobody heard of, but the error does not say outcome-unknown`,
    );
}

function describe({ outcomes }: Judgement): string {
  return outcomes
    .map((outcome) =>
      outcome.kind === "failed" ? `failed (${outcome.code}: ${outcome.error.message})` : outcome.kind,
    )
    .join(" + ");
}

function describeObject(
  now: Uint8Array | undefined,
  sources: readonly Uint8Array[],
  previous: Uint8Array | undefined,
): string {
  if (now === undefined) return "absent";
  if (same(now, previous)) return "the previous one";
  const lengths = sources.map((source) => source.length).join(", ");
  const first = sources[0] ?? new Uint8Array(0);
  const differs = now.findIndex((byte, index) => byte !== first[index]);
  return `${now.length} bytes that are no source (of ${lengths}); first difference at ${differs}`;
}
