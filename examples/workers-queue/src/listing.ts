import { checkUpload } from "@cosup/workers";
import { reasonOf } from "./failures.ts";
import { packMessages, planParts, SMALL_BYTES } from "./limits.ts";
import type { LargeMessage, Listed, MoveMessage, SmallMessage } from "./messages.ts";
import type { MoveRequest } from "./move-ledger.ts";

/** R2's largest page. */
const PAGE = 1000;

export interface Page {
  readonly objects: readonly Listed[];
  /** Whether there are objects after these. */
  readonly more: boolean;
}

/** One page of the objects of R2 whose keys begin with `prefix` and follow `after`. */
export async function listPage(bucket: R2Bucket, prefix: string, after: string, limit = PAGE): Promise<Page> {
  const page = await bucket.list({ prefix, limit, ...(after === "" ? {} : { startAfter: after }) });
  if (page.truncated && page.objects.length === 0)
    throw new Error("R2 listed nothing, but says there is more");
  return { objects: page.objects.map(({ key, size, etag }) => ({ key, size, etag })), more: page.truncated };
}

/** The key in COS: the prefix is replaced. */
export function targetKeyOf({ prefix, targetPrefix }: Omit<MoveRequest, "id">, key: string): string {
  return targetPrefix + key.slice(prefix.length);
}

/** Why COS cannot have such an object. Undefined: it can. */
export function whyRefused(targetKey: string, size: number, budget: number): string | undefined {
  try {
    checkUpload({ Key: targetKey });
  } catch (error) {
    return reasonOf(error);
  }
  if (size <= SMALL_BYTES || planParts(size, budget) !== undefined) return undefined;
  return `${size} bytes need larger parts, or more subrequests, than this Worker can have`;
}

/** The message that moves an object. */
export function messageOf(
  move: MoveRequest & { readonly round: number },
  { key, size, etag }: Listed,
): SmallMessage | LargeMessage {
  const kind = size <= SMALL_BYTES ? "small" : "large";
  const { id, round } = move;
  return { kind, move: id, round, key, targetKey: targetKeyOf(move, key), size, etag };
}

/**
 * Sends as many messages as one invocation may.
 * @returns how many of the messages, from the first on, were sent
 */
export async function sendMessages<T extends MoveMessage>(
  queue: Queue<MoveMessage>,
  messages: readonly T[],
  sendBatches: number,
): Promise<number> {
  let sent = 0;
  for (const group of packMessages(messages).slice(0, sendBatches)) {
    await queue.sendBatch(group.map((body) => ({ body, contentType: "json" })));
    sent += group.length;
  }
  return sent;
}
