import { type ReportedUpload, type UnsureUpload, unsureText } from "./unsure.ts";

/** What to move, and where to. */
export interface MoveRequest {
  /** Names the move. The same id again retries what failed and adds what is new. */
  readonly id: string;
  /** Keys of R2 that begin with it; empty: the whole bucket. */
  readonly prefix: string;
  /** Replaces `prefix` in the keys of COS. */
  readonly targetPrefix: string;
}

/** What the ledger knows of an object before a delivery. */
export type Before =
  /** No delivery of it has begun. */
  | "new"
  /** An earlier delivery has begun, and may have sent it. */
  | "tried"
  | "done"
  | "failed"
  /** The message is about another version of the object than the one that is being moved now. */
  | "stale";

/** The outcome of one delivery. `tried`: it failed, and will be delivered again. */
export interface Outcome {
  readonly key: string;
  readonly state: "done" | "tried" | "failed";
  readonly crc64?: string;
  readonly error?: string;
  /** Of a large object that has ended. Undefined: nothing new is known. */
  readonly unsure?: readonly UnsureUpload[];
}

/** Progress and result of a move. */
export interface MoveStatus {
  readonly id: string;
  readonly prefix: string;
  readonly targetPrefix: string;
  readonly state: "listing" | "moving" | "done" | "failed";
  readonly objects: number;
  readonly bytes: number;
  readonly done: number;
  readonly failed: number;
  /** The first hundred objects that failed, with the reasons. */
  readonly failures: readonly { readonly key: string; readonly error: string }[];
  /** Unfinished uploads that may be of this move, or of another program. */
  readonly unsure: number;
  /** The first hundred of them. */
  readonly unsureUploads: readonly ReportedUpload[];
  /** The same in words. */
  readonly text: string;
}

/** The remote methods of the Durable Object `Move`. */
export interface MoveLedger extends Rpc.DurableObjectBranded {
  start(request: MoveRequest): Promise<MoveStatus>;
  status(): Promise<MoveStatus | undefined>;
  begin(objects: readonly { key: string; etag: string }[]): Promise<Before[]>;
  settle(outcomes: readonly Outcome[]): Promise<void>;
  giveUp(key: string, etag: string, unsure: readonly UnsureUpload[] | undefined): Promise<void>;
}

/** The status in words. */
export function textOf(status: Omit<MoveStatus, "text">, listError: string | undefined): string {
  const { objects, bytes, done, failed, failures } = status;
  const sentences = [`${done} of ${objects} objects are in COS (${bytes} bytes in all).`];
  if (status.state === "listing") sentences.push("R2 is still being listed.");
  if (listError !== undefined) sentences.push(`The listing failed and is tried again: ${listError}.`);
  if (status.state === "moving") sentences.push(`${objects - done - failed} are on their way.`);
  for (const { key, error } of failures) sentences.push(`${key} failed: ${error}.`);
  if (failed > failures.length) sentences.push(`${failed - failures.length} more failed.`);
  if (failed > 0) sentences.push("Start the move again with the same id to retry what failed.");
  sentences.push(...unsureText(status.unsure, status.unsureUploads));
  return sentences.join(" ");
}
