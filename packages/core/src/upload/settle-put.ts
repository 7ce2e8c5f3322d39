import type { DigestCore } from "../digest/digest-core.ts";
import { CosError, ServiceError } from "../errors.ts";
import { mayHaveHappened } from "../http/retry.ts";
import type { StoredObject, UploadTarget } from "./target.ts";

interface SettleContext {
  coreFor(partBytes: number): Promise<DigestCore>;
  readonly head: UploadTarget["head"];
}

/** One PUT; `onRetry` is told of every failure after which it is sent again. */
type Send = (onRetry: (failure: CosError) => void) => Promise<StoredObject>;
type Put = (body: Uint8Array, signal: AbortSignal, send: Send) => Promise<StoredObject>;

/**
 * Makes the PUT of one upload. Under ForbidOverwrite, a PUT that is sent again after its answer was lost may find its
 * own object and be refused for it; such a refusal is settled by HEAD, on CRC64 and size, as a lost Complete is.
 */
export function settlingPut({ coreFor, head }: SettleContext): Put {
  let mayBeThere = false;
  return async (body, signal, send) => {
    try {
      const stored = await send((failure) => {
        mayBeThere ||= mayHaveHappened(failure);
      });
      // Whoever sends once more does not believe this answer.
      mayBeThere = true;
      return stored;
    } catch (error) {
      if (!mayBeThere || !isOverwriteRefused(error) || signal.aborted) throw error;
      const found = await head(signal).catch((cause: unknown) => {
        throw signal.aborted ? cause : unknown(cause);
      });
      const { crc64 } = await (await coreFor(0)).digest(body, false);
      if (found?.size !== body.length || found.crc64 !== crc64) throw error;
      return found;
    }
  };
}

/** Refused because the key exists and ForbidOverwrite was asked for. */
export function isOverwriteRefused(error: unknown): error is ServiceError {
  return error instanceof ServiceError && error.cosCode === "FileAlreadyExists";
}

function unknown(cause: unknown): CosError {
  return new CosError("an answer to PUT was lost, the key is taken, and HEAD failed too", {
    code: "outcome-unknown",
    retryable: false,
    cause,
    hint: "HEAD the key: if its CRC64 is the source's, the upload succeeded; otherwise another object is there",
  });
}
