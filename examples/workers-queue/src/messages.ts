/** An R2 object as it was listed. Only this version of it is moved. */
export interface Listed {
  readonly key: string;
  readonly size: number;
  /** R2's ETag, without quotes. */
  readonly etag: string;
}

interface ObjectMessage extends Listed {
  readonly move: string;
  /** Of the move: each start with the same id is another one, and may begin again what had failed. */
  readonly round: number;
  readonly targetKey: string;
}

/** One object that one request sends. */
export interface SmallMessage extends ObjectMessage {
  readonly kind: "small";
}

/** Begins the upload of a large object and sends its part ranges as messages. */
export interface LargeMessage extends ObjectMessage {
  readonly kind: "large";
}

/** A range of parts of a large object. It contains all that is needed, so it may arrive before any other message. */
export interface RangeMessage extends ObjectMessage {
  readonly kind: "range";
  readonly partSize: number;
  readonly first: number;
  readonly last: number;
}

/** What the queues carry: names and sizes, no bytes, no credentials, no upload ids. */
export type MoveMessage = SmallMessage | LargeMessage | RangeMessage;

/** Whether a message is one of this Worker's. Anybody with access to the queue can send others. */
export function isMoveMessage(body: unknown): body is MoveMessage {
  if (typeof body !== "object" || body === null) return false;
  const { kind, move, round, key, targetKey, etag, size } = body as Record<string, unknown>;
  const named = [move, key, targetKey, etag].every((text) => typeof text === "string");
  if (!named || typeof size !== "number" || typeof round !== "number") return false;
  if (kind !== "range") return kind === "small" || kind === "large";
  const { partSize, first, last } = body as Record<string, unknown>;
  return [partSize, first, last].every((value) => Number.isSafeInteger(value) && Number(value) > 0);
}
