import type { Published } from "./complete.ts";

/** The result of an upload: the published object, and how its bytes were sent. */
export interface Uploaded extends Published {
  /** Undefined when one PUT was enough. */
  readonly uploadId: string | undefined;
  /** Requests that carried bytes: parts, or the one PUT. */
  readonly partsSent: number;
  /** Parts that COS held already: compared with the local bytes or, of an immutable source, with the checkpoint. */
  readonly partsResumed: number;
}
