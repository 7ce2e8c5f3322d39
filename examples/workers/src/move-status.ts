/** Progress and result of one move from R2 to COS. */
export interface MoveStatus {
  readonly key: string;
  readonly targetKey: string;
  readonly size: number;
  readonly state: "running" | "done" | "failed";
  /** Bytes that COS has acknowledged. */
  readonly sent: number;
  /** Alarms that have worked on the move so far. */
  readonly turns: number;
  /** Failures since the last progress. */
  readonly failures: number;
  /** Message of the last failure. */
  readonly error?: string | undefined;
  readonly etag?: string;
  readonly crc64?: string;
}

/** The remote methods of the Durable Object `Move`. */
export interface MoveObject extends Rpc.DurableObjectBranded {
  start(move: Pick<MoveStatus, "key" | "targetKey" | "size">): Promise<MoveStatus>;
  status(): Promise<MoveStatus | undefined>;
}
