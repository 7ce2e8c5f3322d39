import type { ByteSource } from "@cosup/core/runtime";
import { ArgumentTypeError } from "@cosup/core/upload";
import { byteStreamSource } from "./sources/byte-stream-source.ts";
import type { R2Body, R2ObjectBodyLike } from "./sources/platform.ts";
import { type R2Access, r2BodyLength, r2Source } from "./sources/r2-source.ts";

/**
 * Opens an R2 object as a source; undefined if `input` is not one. Core opens all other kinds: upload/open-body.ts.
 */
export async function openInput(input: unknown, access: R2Access): Promise<ByteSource | undefined> {
  if (isR2Body(input)) return r2Source(input.r2, input.key, access);
  if (!isR2Object(input)) return undefined;
  if (input.bodyUsed === true) throw new ArgumentTypeError("Body", "this R2 object's body was read before");
  if (input.body instanceof ReadableStream) return byteStreamSource(input.body, r2BodyLength(input));
  throw new ArgumentTypeError("Body", "is an R2 object without its body; give { r2: bucket, key } instead");
}

function isR2Body(input: unknown): input is R2Body {
  if (!isObject(input) || !("r2" in input)) return false;
  if (!isObject(input.r2) || typeof input.r2.get !== "function") {
    throw new ArgumentTypeError("Body", "{ r2, key }: r2 must be an R2 binding of this Worker");
  }
  if (typeof input.key !== "string" || input.key === "") {
    throw new ArgumentTypeError("Body", "{ r2, key }: key must be the key of an R2 object");
  }
  return true;
}

function isR2Object(input: unknown): input is R2ObjectBodyLike {
  return isObject(input) && typeof input.httpEtag === "string" && typeof input.size === "number";
}

function isObject(input: unknown): input is Record<string, unknown> {
  return typeof input === "object" && input !== null;
}
