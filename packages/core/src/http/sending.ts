import type { BodyInBlocks } from "../runtime/wire.ts";

/** A body that each attempt reads while it sends it. */
export interface BodyToRead {
  /** Bytes in all. */
  readonly length: number;
  /** Begins an attempt: its body. That of the attempt before refuses from now on, as both use the same memory. */
  begin(): BodyInBlocks;
}

/** A body in memory. */
export type BytesToSend = Uint8Array & { readonly begin?: undefined };

/** A request that is being sent. */
export interface Sending {
  /** Bytes of its body. */
  readonly length: number;
  /** Bytes of its body that the socket has accepted; undefined when the runtime does not tell. */
  accepted(): number | undefined;
}

/** Follows every attempt to send a body, for a progress bar. */
export interface BodyFollower {
  /** The attempt has a connection. */
  begin(sending: Sending): void;
  /** It has ended, whatever its outcome. */
  end(sending: Sending): void;
}
