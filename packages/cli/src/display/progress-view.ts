/** A file that is being transferred. */
export interface ActiveFile {
  readonly name: string;
  /** Bytes that are acknowledged or on their way. */
  readonly sent: number;
  /** Undefined: not known. */
  readonly size: number | undefined;
}

/** A request that waits until it is sent again. */
export interface WaitingRequest {
  readonly operation: string;
  readonly key: string;
  /** The number of the attempt that comes. */
  readonly attempt: number;
  /** Why the last one failed: the error code. */
  readonly reason: string;
  /** Milliseconds until it is sent. */
  readonly inMs: number;
}

/** What a progress display shows, at one moment. */
export interface ProgressView {
  readonly acknowledged: number;
  readonly inFlight: number;
  /** Bytes in all; undefined: not known yet. */
  readonly total: number | undefined;
  /** Over the last seconds, without what was there already; undefined: not known yet. */
  readonly bytesPerSecond: number | undefined;
  /** Files that have ended well. */
  readonly done: number;
  readonly failed: number;
  readonly active: readonly ActiveFile[];
  readonly waiting: readonly WaitingRequest[];
}

/** What a terminal can show. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  /** Escape sequences for colours. */
  readonly color: boolean;
  /** Characters beyond ASCII in the bar. */
  readonly unicode: boolean;
}
