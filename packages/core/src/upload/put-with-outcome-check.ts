import type { DigestCore } from "../digest/digest-core.ts";
import type { CosError } from "../errors.ts";
import { outcomeOf } from "../http/outcome.ts";
import { outcomeUnknown } from "./resolve-complete.ts";
import { afterFailedPut, afterRefusedPut, compareFound, forbidsOverwrite } from "./resolve-outcome.ts";
import type { StoredObject, UploadTarget } from "./target.ts";

interface PutContext {
  /** All headers of the object. */
  readonly headers: Readonly<Record<string, string>>;
  readonly head: UploadTarget["head"];
  digestCoreFor(partBytes: number): Promise<DigestCore>;
}

/** One PUT; `onRetry` is called with every failure after which it is sent again. */
type Send = (onRetry: (failure: CosError) => void) => Promise<StoredObject>;
type Put = (body: Uint8Array, signal: AbortSignal, send: Send) => Promise<StoredObject>;

/**
 * Returns the PUT of one upload. Under ForbidOverwrite, COS also refuses a PUT when an earlier attempt of it has stored the
 * object and the response was lost. An equal object may as well be another writer's, so the outcome is then unknown,
 * unless COS confirmed an earlier PUT of this call.
 */
export function putWithOutcomeCheck({ digestCoreFor, head, headers }: PutContext): Put {
  const forbidden = forbidsOverwrite(headers);
  let doubtful = false;
  let confirmed = false;
  return async (body, signal, send) => {
    try {
      const stored = await send((failure) => {
        doubtful ||= outcomeOf(failure) === "unknown";
      });
      // It is sent again only when the checksum in this response is wrong.
      confirmed = true;
      return stored;
    } catch (error) {
      if (!forbidden || signal.aborted) throw error;
      const next = afterFailedPut(error, doubtful || confirmed);
      if (next === "fail") throw error;
      if (next === "unknown") throw noResponse(error);
      const object = await head(signal).catch((cause: unknown) => {
        throw signal.aborted ? cause : responseLost("HEAD failed too", cause);
      });
      const { crc64 } = await (await digestCoreFor(0)).digest(body);
      const found = compareFound(object, { size: body.length, crc64, headers });
      const decision = afterRefusedPut(error, found, confirmed);
      if (decision === "published" && object !== undefined) return object;
      if (decision === "fail") throw error;
      throw responseLost("the object at the key may be this one or another writer's", error);
    }
  };
}

function noResponse(cause: unknown): CosError {
  return outcomeUnknown("no response to PUT tells whether COS stored the object", cause);
}

function responseLost(detail: string, cause: unknown): CosError {
  return outcomeUnknown(`the response to PUT was lost, the next was a refusal, and ${detail}`, cause);
}
