import type { WireResponse } from "../runtime/wire.ts";

/** Looks at the bytes of a streamed body while the caller reads it. What it throws fails the body. */
export interface BodyCheck {
  /** The next bytes, before the caller gets them. */
  add(chunk: Uint8Array): void;
  /** All bytes have come. Called before the caller learns of the end. */
  end(): void;
}

/** Makes the check of one response; undefined: its body passes unchecked. */
export type CheckBody = (response: WireResponse) => BodyCheck | undefined;
