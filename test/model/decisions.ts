import { canSendAgain, outcomeOf } from "../../packages/core/src/http/outcome.ts";
import { afterAppend, afterAppendLook } from "../../packages/core/src/transfers/append-outcome.ts";
import type { Checkpoint } from "../../packages/core/src/upload/checkpoint.ts";
import { afterInitiate } from "../../packages/core/src/upload/initiate.ts";
import type { UploadOptions } from "../../packages/core/src/upload/options.ts";
import {
  afterCheckpointGone,
  afterComplete,
  afterFailedPut,
  afterFailedUpload,
  afterLook,
  afterRefusedPut,
  compareFound,
  isUnknownAfterAbort,
} from "../../packages/core/src/upload/resolve-outcome.ts";
import { whyIncompatible as whyCheckpointIncompatible } from "../../packages/core/src/upload/resume.ts";
import { holds } from "../../packages/core/src/upload/stored-parts.ts";
import type { HeaderSet, StoredObject } from "./cos.ts";

const ASKED = { "content-type": "text/plain", "x-cos-meta-owner": "first" };
export const HEADERS: Readonly<Record<HeaderSet, Readonly<Record<string, string>>>> = {
  asked: ASKED,
  "asked-acl": { ...ASKED, "x-cos-acl": "public-read" },
  others: { ...ASKED, "x-cos-meta-owner": "second" },
};
const CRC64: Readonly<Record<string, bigint>> = { "12": 12n, "1": 1n, "2": 2n };

/** The CRC64 of some bytes of the model. */
export function crc64Of(bytes: string): bigint {
  return CRC64[bytes] ?? 99n;
}

/** An object as HEAD shows it: without its ACL. */
export function asHeadShows(object: StoredObject | null): Parameters<typeof compareFound>[0] {
  if (object === null) return undefined;
  const { "x-cos-acl": _, ...headers } = HEADERS[object.headers];
  const etag = object.parts === 0 ? "e" : `e-${object.parts}`;
  const unnamed = { location: undefined, versionId: undefined, requestId: "id" };
  return { ...unnamed, etag, crc64: crc64Of(object.bytes), size: object.bytes.length, headers };
}

/** Core's comparison of a checkpoint with the parameters of a call; here only the headers can differ. */
function whyIncompatible(begunWith: HeaderSet, asked: HeaderSet): string | undefined {
  const plan = { size: 2, partSize: 1, partCount: 2 };
  const checkpoint = { ...plan, headers: HEADERS[begunWith] } as unknown as Checkpoint;
  return whyCheckpointIncompatible(checkpoint, { headers: HEADERS[asked] } as UploadOptions, plan);
}

/** The decisions that our writer takes: core's own functions. A seeded mistake replaces some of them. */
export const REAL = {
  outcomeOf,
  canSendAgain,
  afterInitiate,
  afterComplete,
  afterLook,
  compareFound,
  afterFailedPut,
  afterRefusedPut,
  afterCheckpointGone,
  afterFailedUpload,
  isUnknownAfterAbort,
  whyIncompatible,
  holds,
  afterAppend,
  // Core never takes an unconfirmed append for stored; a seeded mistake may.
  afterAppendLook: afterAppendLook as (
    ...parameters: Parameters<typeof afterAppendLook>
  ) => ReturnType<typeof afterAppendLook> | "appended",
  /**
   * Attempts of one request (core: 5), and rounds of Complete (core: 8) and of Append (core: 5). Fewer than core's, so
   * that few faults exhaust them.
   */
  limits: { attempts: 2, rounds: 2 },
  /** Whether a call without a checkpoint resumes any unfinished upload of the key. */
  adoptsAnyUpload: false,
};

export type Decisions = typeof REAL;
