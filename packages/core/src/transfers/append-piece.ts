import type { DigestCore } from "../digest/digest-core.ts";
import { CosError } from "../errors.ts";
import { backoffMs } from "../http/backoff.ts";
import type { BodyFollower } from "../http/sending.ts";
import { objectHeaders } from "../params/object-headers.ts";
import { headersOf } from "../params/table.ts";
import { type AppendObjectResult, appendBytes } from "../requests/append-object.ts";
import { sleep } from "../runtime/clock.ts";
import { toBase64 } from "../text/base64.ts";
import { requireContentMd5 } from "../upload/content-md5.ts";
import { afterAppend, type EarlierAppends, requireNotAppended } from "./append-outcome.ts";
import { APPEND_OBJECT, type AppendObjectParameters } from "./append-parameters.ts";
import type { ClientContext } from "./context.ts";

/** Times that one piece is sent. After an unknown outcome it is sent again only when HEAD shows that it was not stored. */
const MAX_APPENDS = 5;

const LIMIT = { TrafficLimit: APPEND_OBJECT.parameters.TrafficLimit };

/** The bytes of one append. */
export interface Piece {
  readonly bytes: Uint8Array;
  /** Bytes the object has before it. */
  readonly position: number;
  readonly follower: BodyFollower | undefined;
}

/** Appends one piece, and finds out what happened when a response is lost. */
export async function appendPiece(
  context: ClientContext,
  parameters: AppendObjectParameters,
  core: DigestCore,
  { bytes, position, follower }: Piece,
): Promise<AppendObjectResult> {
  // An append cannot be undone: COS must refuse wrong bytes before it stores them, so the MD5 is always sent.
  const digest = await core.digest(bytes, true);
  requireContentMd5(parameters.ContentMD5, digest.md5);
  const { Bucket, Key, signal } = parameters;
  const appended = { position, length: bytes.length, crc64: digest.crc64 };
  const headers = appendHeaders(parameters, digest.md5);
  let earlier: EarlierAppends = "none";
  const onRetry = (): void => {
    if (earlier === "none") earlier = "refused";
  };
  for (let round = 1; ; round += 1) {
    try {
      const object = { Bucket, Key, position, signal };
      return await appendBytes(context, { ...object, body: bytes, headers, onRetry, follower });
    } catch (error) {
      if (signal?.aborted || !(error instanceof CosError)) throw error;
      const lastRound = round === MAX_APPENDS;
      const next = afterAppend(error, earlier, lastRound);
      if (next === "fail") throw error;
      if (next === "repeat") onRetry();
      else {
        await requireNotAppended(context, parameters, core, appended, error);
        if (next === "look-and-fail" || lastRound) throw error;
        earlier = "unknown";
      }
      const delayMs = backoffMs(round, undefined, context.clock.random);
      context.observer.repeats(error, delayMs, { operation: "appendObject", method: "POST", Bucket, Key });
      await sleep(context.clock, delayMs, signal);
    }
  }
}

function appendHeaders(
  parameters: AppendObjectParameters,
  md5: Uint8Array | undefined,
): Record<string, string> {
  return {
    ...objectHeaders(parameters),
    ...headersOf(LIMIT, parameters),
    ...(md5 === undefined ? {} : { "content-md5": toBase64(md5) }),
  };
}
