import type { SourceError } from "../errors.ts";
import type { WireRequest } from "../runtime/wire.ts";
import { detachedBufferError, isDetached, isIntact } from "./detached-buffer.ts";

/**
 * Watches over the body of a request until it is written. HTTP clients take a view whose buffer was transferred away, or
 * shrunk below it, for an empty body: undici sends `content-length: 0` then, and node:http the length of before, and no bytes.
 * @returns asks right before the request is written: the error that it must fail with, if the body has lost bytes
 */
export function bodyLoss({ body }: WireRequest): () => SourceError | undefined {
  if (body === undefined) return noLoss;
  const { length } = body;
  // The length of a view that is detached by now is 0.
  const lost = isDetached(body);
  return () => (lost || !isIntact(body, length) ? detachedBufferError() : undefined);
}

function noLoss(): undefined {}
