import type { WorkersCosClient } from "@cosup/workers";
import { cosOf, type Env, largeObjectOf, moveOf, required, subrequestBudget } from "./env.ts";
import { isFinal, reasonOf, retryDelay } from "./failures.ts";
import { howManyFit, planParts, SMALL_AT_ONCE } from "./limits.ts";
import { sendMessages } from "./listing.ts";
import { isMoveMessage, type LargeMessage, type MoveMessage, type RangeMessage } from "./messages.ts";
import type { Before, Outcome } from "./move-ledger.ts";
import { moveRange } from "./part-range.ts";
import { moveSmall } from "./small-object.ts";

/** What a delivery led to. `outcome` is for the ledger of the move, `retryIn` (seconds) for the queue. */
interface Ended {
  readonly outcome?: Outcome;
  readonly retryIn?: number;
}

/**
 * Processes a batch. Messages are acknowledged only after the ledgers know the outcome, so a consumer that is killed
 * anywhere leaves messages that are delivered again, and the ledgers know what has been done.
 */
export async function consume(batch: MessageBatch<unknown>, env: Env): Promise<void> {
  const messages = batch.messages.filter(isOurs);
  const fit = howManyFit(
    messages.map(({ body }) => body),
    subrequestBudget(env),
  );
  await putBack(env, messages.slice(fit));
  const now = messages.slice(0, fit);
  const cos = clientFor(env);
  for (const move of new Set(now.map(({ body }) => body.move))) {
    await moveMessages(
      env,
      cos,
      move,
      now.filter(({ body }) => body.move === move),
    );
  }
}

/**
 * Creates the client of the invocation when the first message needs it. What is wrong with the configuration is then the
 * error of a message, and the ledger stores it.
 */
function clientFor(env: Env): () => WorkersCosClient {
  let cos: WorkersCosClient | undefined;
  return () => {
    // The calls of the ledgers and the reads of R2 are about half of what howManyFit() has counted.
    cos ??= cosOf(env, Math.floor(subrequestBudget(env) / 2));
    return cos;
  };
}

function isOurs(message: Message<unknown>): message is Message<MoveMessage> {
  if (isMoveMessage(message.body)) return true;
  console.warn("a message that is not of this Worker is dropped");
  message.ack();
  return false;
}

/** Sends messages again that this invocation has no subrequests for. They count as new, and no attempt is used up. */
async function putBack(env: Env, messages: readonly Message<MoveMessage>[]): Promise<void> {
  if (messages.length === 0) return;
  const ranges = messages.some(({ body }) => body.kind === "range");
  const queue = required(env, ranges ? "PARTS" : "OBJECTS");
  const bodies = messages.map(({ body }) => body);
  const sent = await sendMessages(queue, bodies, 1);
  for (const [index, message] of messages.entries()) {
    if (index < sent) message.ack();
    else message.retry();
  }
}

/** Processes the messages of one move: asks its ledger, works, tells the ledger, tells the queue. */
async function moveMessages(
  env: Env,
  cos: () => WorkersCosClient,
  move: string,
  messages: readonly Message<MoveMessage>[],
): Promise<void> {
  const ledger = moveOf(env, move);
  const before = await ledger.begin(messages.map(({ body: { key, etag } }) => ({ key, etag })));
  const ended: Ended[] = [];
  const waiting = messages.entries();
  const work = async (): Promise<void> => {
    for (const [index, message] of waiting) {
      ended[index] = await process(env, cos, message, before[index] ?? "stale");
    }
  };
  await Promise.all(Array.from({ length: SMALL_AT_ONCE }, work));
  const outcomes = ended.flatMap(({ outcome }) => outcome ?? []);
  if (outcomes.length > 0) await ledger.settle(outcomes);
  for (const [index, message] of messages.entries()) {
    const delaySeconds = ended[index]?.retryIn;
    if (delaySeconds === undefined) message.ack();
    else message.retry({ delaySeconds });
  }
}

async function process(
  env: Env,
  cos: () => WorkersCosClient,
  message: Message<MoveMessage>,
  before: Before,
): Promise<Ended> {
  const { body, attempts } = message;
  if (before === "done" || before === "failed" || before === "stale") return {};
  try {
    if (body.kind === "small") {
      const crc64 = await moveSmall(env, cos(), body, before === "tried" || attempts > 1);
      return { outcome: { key: body.key, state: "done", crc64 } };
    }
    return body.kind === "large"
      ? await beginLarge(env, body)
      : await sendRange(env, cos, message as Message<RangeMessage>);
  } catch (error) {
    const failure = { key: body.key, error: reasonOf(error) };
    if (isFinal(error)) return { outcome: { ...failure, state: "failed" } };
    return { outcome: { ...failure, state: "tried" }, retryIn: retryDelay(attempts) };
  }
}

/** Begins the upload of a large object, and sends its part ranges as messages. */
async function beginLarge(env: Env, message: LargeMessage): Promise<Ended> {
  const { kind: _, ...object } = message;
  const plan = planParts(object.size, subrequestBudget(env));
  if (plan === undefined) {
    const error = "it was listed with a larger SUBREQUEST_BUDGET than this Worker has now";
    return { outcome: { key: object.key, state: "failed", error } };
  }
  const { partSize, partCount, partsPerRange } = plan;
  const ledger = largeObjectOf(env, object);
  const begun = await ledger.begin({ ...object, partSize }, object.round);
  if ("state" in begun) return { outcome: { key: object.key, ...begun } };
  if (begun.announced) return {};
  const ranges = Array.from(
    { length: Math.ceil(partCount / partsPerRange) },
    (_range, index): RangeMessage => {
      const first = index * partsPerRange + 1;
      const last = Math.min(partCount, first + partsPerRange - 1);
      return { ...object, kind: "range", partSize, first, last };
    },
  );
  await sendMessages(required(env, "PARTS"), ranges, Number.POSITIVE_INFINITY);
  await ledger.announced(object.etag);
  return {};
}

async function sendRange(
  env: Env,
  cos: () => WorkersCosClient,
  message: Message<RangeMessage>,
): Promise<Ended> {
  const { body } = message;
  const end = await moveRange(env, cos(), body, crypto.randomUUID());
  if (end.state === "sent") return {};
  if (end.state === "busy") return { retryIn: Math.min(60, end.seconds) };
  return { outcome: { key: body.key, ...end } };
}
