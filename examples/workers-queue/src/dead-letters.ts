import { type Env, largeObjectOf, moveOf } from "./env.ts";
import { isMoveMessage, type MoveMessage } from "./messages.ts";
import type { UnsureUpload } from "./unsure.ts";

const PAUSE_S = 60;

/**
 * Processes messages that the other queues have given up: the ledger records that the object has failed, with the last
 * error, and the upload of a large object is aborted. The status of the move then names it.
 */
export async function giveUp(batch: MessageBatch<unknown>, env: Env): Promise<void> {
  for (const message of batch.messages) {
    const isOver = !isMoveMessage(message.body) || (await record(message.body, env));
    if (isOver) message.ack();
    else message.retry({ delaySeconds: PAUSE_S });
  }
}

/** Returns false when another message is working on the same parts, so that the outcome is not known yet. */
async function record(body: MoveMessage, env: Env): Promise<boolean> {
  const move = moveOf(env, body.move);
  const [before = "stale"] = await move.begin([body].map(({ key, etag }) => ({ key, etag })));
  if (before !== "new" && before !== "tried") return true;
  let unsure: readonly UnsureUpload[] | undefined;
  if (body.kind === "range") {
    const result = await largeObjectOf(env, body).giveUp(body);
    if (result === "busy") return false;
    if (result === "done") return true;
    if (result.state === "done") {
      await move.settle([{ key: body.key, ...result }]);
      return true;
    }
    unsure = result.unsure;
  }
  if (body.kind === "large")
    ({ unsure } = await largeObjectOf(env, body).fail(body.etag, "its upload could not be begun"));
  await move.giveUp(body.key, body.etag, unsure);
  return true;
}
