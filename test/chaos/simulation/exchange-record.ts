import type { Fate } from "./fault.ts";
import type { Subject } from "./operation.ts";

/** One request: what the client saw of it, and what happened at the service. */
export interface ExchangeRecord extends Subject {
  /** 1-based, in the order of sending. */
  readonly ordinal: number;
  /**
   * Identifies the request within its run by its subject and its count among requests of that subject. Leaving one
   * fault out of a run therefore does not move the others to other requests, as it would with ordinals.
   */
  readonly id: number;
  readonly fate: Fate;
  readonly sentAt: number;
  readonly token: string | undefined;
  /** The number of calls that had begun when it was sent. Requests with the same number were sent by the same calls. */
  readonly call: number;
  /** The body that arrived was not the one that was sent. */
  flipped: Uint8Array | undefined;
  /** The service has responded with a success. */
  committed: boolean;
  /** The client gave up before a response came. */
  abandoned: boolean;
  /** The status that the client saw, once it has seen one. */
  status: number | undefined;
  /** The client got the response of the service whole and unchanged. */
  heard: boolean;
  endedAt: number | undefined;
  /** The upload that an Initiate began, whether or not the client got its response. */
  begunUpload: string | undefined;
}

/** Whether an object was published without a response that reached the client. */
export function publishedUnheard(record: ExchangeRecord): boolean {
  return record.committed && !record.heard && PUBLISHING.has(record.operation);
}

/** Whether the client could not know if the service has acted: it must check before it sends the request again. */
export function leavesDoubt({ fate, status, endedAt }: ExchangeRecord): boolean {
  if (endedAt === undefined || fate.kind === "connect") return false;
  if (status === undefined || status < 300) return true;
  // SlowDown comes before a request is carried out; any other 5xx may come after it.
  return status >= 500 && !(fate.kind === "status" && fate.code === "SlowDown");
}

const PUBLISHING: ReadonlySet<string> = new Set(["Put", "Copy", "Append", "Complete"]);
