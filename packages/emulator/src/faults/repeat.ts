import { dispatch } from "../operations/dispatch.ts";
import type { Call } from "../types.ts";
import { bytesOf } from "./answer-bytes.ts";

/** Delivers a request once more, as a network that had kept a copy would; nobody gets its answer. */
export async function repeat(call: Call, body: readonly Uint8Array[]): Promise<void> {
  try {
    // Read to its end, because an answer may hold files open.
    await bytesOf(await dispatch(call.withBody(stream(body))));
  } catch {
    // What the second delivery is refused for is no matter of the first.
  }
}

async function* stream(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
