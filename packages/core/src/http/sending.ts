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
