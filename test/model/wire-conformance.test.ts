/**
 * As conformance.test.ts, for PUT and Append, whose attempts are part of what is compared: core's client plays random
 * histories of the model over a scripted wire.
 */
import { expect, test } from "vitest";
import { type CosError, ServiceError } from "../../packages/core/src/errors.ts";
import { Bucket, clientOf, Key } from "../../packages/core/test/support/client.ts";
import { crc64Of, md5Of } from "../../packages/core/test/support/memory-target.ts";
import { Random } from "../../packages/core/test/support/random.ts";
import { VirtualClock } from "../../packages/core/test/support/virtual-clock.ts";
import {
  Broken,
  cosResponse,
  proxyResponse,
  refusal,
  type Step,
  scriptedWire,
} from "../../packages/core/test/support/wire.ts";
import { SOURCE } from "./cos.ts";
import { asHeadShows, HEADERS, REAL } from "./decisions.ts";
import { FAILURES, type FailureName } from "./network.ts";
import { SCENARIOS } from "./scenarios.ts";
import { type Exchange, type Played, walk } from "./walk.ts";
import type { Task } from "./writer.ts";

const HISTORIES = 300;
const ATTEMPTS = 2;
const DECISIONS = { ...REAL, limits: { attempts: ATTEMPTS, rounds: 5 } };
/** Many faults: the histories are chosen at random. Few use up all rounds; core's own tests do that. */
const BOUNDS = { faults: 14, actions: 2, crashes: 0, calls: 1 };

const scenarios = Object.entries(SCENARIOS).filter(([, { kind }]) => kind !== "multipart");

test.each(scenarios)(
  "core's client plays the histories of the model: %s",
  async (_, task) => {
    const random = new Random(11);
    const ends = new Set<string>();
    for (let history = 0; history < HISTORIES; history += 1) {
      for (const played of walk(task, DECISIONS, BOUNDS, () => random.next())) {
        await (task.kind === "put" ? playPut(task, played) : playAppends(played));
        ends.add(played.verdict);
      }
    }
    expect(ends.size).toBeGreaterThan(3);
  },
  600_000,
);

async function playPut(task: Task, { exchanges, verdict }: Played): Promise<void> {
  const headers = HEADERS[task.headers];
  await play(exchanges, verdict, (cos) =>
    cos.putObject({ Bucket, Key, Body: bytesOf(SOURCE), ForbidOverwrite: task.forbid, headers }),
  );
}

/** One append for each piece: all but the last have succeeded. */
async function playAppends({ exchanges, verdict }: Played): Promise<void> {
  const last = exchanges.at(-1)?.part ?? 1;
  for (let part = 1; part <= last; part += 1) {
    const own = exchanges.filter((exchange) => exchange.part === part);
    const Data = bytesOf(SOURCE.charAt(part - 1));
    await play(own, part === last ? verdict : "confirmed", (cos) =>
      cos.appendObject({ Bucket, Key, Position: part - 1, Data }),
    );
  }
}

async function play(
  exchanges: readonly Exchange[],
  verdict: Played["verdict"],
  call: (cos: ReturnType<typeof clientOf>) => Promise<unknown>,
): Promise<void> {
  const clock = new VirtualClock();
  const steps = exchanges.flatMap(stepsOf);
  const wire = scriptedWire(clock, steps);
  const cos = clientOf(wire.runtime, clock, { maxAttempts: ATTEMPTS });
  const error: unknown = await clock.run(
    call(cos).then(
      () => undefined,
      (reason: unknown) => reason,
    ),
  );
  const story = `${exchanges.map((exchange) => JSON.stringify(exchange)).join("\n")}\n${verdict}`;
  expect(wire.sent.length, story).toBe(steps.length);
  if (verdict === "confirmed" || verdict === "found") return expect(error, story).toBeUndefined();
  const expected: CosError = FAILURES[verdict];
  expect(error, story).toMatchObject({ code: expected.code, retryable: expected.retryable });
  if (expected instanceof ServiceError) expect(error, story).toMatchObject({ cosCode: expected.cosCode });
}

function stepsOf({ op, outcome, part }: Exchange): Step[] {
  if ("failure" in outcome) {
    const step = failed(outcome.failure);
    const afterAllAttempts = (op === "head" || op === "read") && outcome.failure === "timeout";
    return afterAllAttempts ? [step, failed(outcome.failure)] : [step];
  }
  const { object, bytes } = outcome.reply;
  if (op === "read") return [cosResponse(206, {}, bytes ?? "")];
  if (op === "put") return [cosResponse(200, digestsOf(SOURCE))];
  if (op === "append") return [cosResponse(200, { etag: '"e"', "x-cos-next-append-position": String(part) })];
  const shown = asHeadShows(object ?? null);
  if (shown === undefined || !object) return [cosResponse(404)];
  const { size, headers } = shown;
  return [cosResponse(200, { ...headers, ...digestsOf(object.bytes), "content-length": String(size) })];
}

function failed(failure: FailureName): Step {
  if (failure === "timeout" || failure === "connect") return new Broken(failure);
  if (failure === "wrong CRC64")
    return cosResponse(200, { ...digestsOf(SOURCE), "x-cos-hash-crc64ecma": "1" });
  const error: CosError = FAILURES[failure];
  if (!(error instanceof ServiceError)) throw new Error(`${failure} is nothing that arrives`);
  return error.requestId === undefined ? proxyResponse(error.status) : refusal(error.status, error.cosCode);
}

function digestsOf(bytes: string): Record<string, string> {
  const body = bytesOf(bytes);
  return { etag: `"${md5Of(body)}"`, "x-cos-hash-crc64ecma": String(crc64Of(body)) };
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
