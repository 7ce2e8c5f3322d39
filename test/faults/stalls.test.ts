import { CosError } from "@cosup/core";
import type { Fault, OperationName, When } from "@cosup/emulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MOMENTS, type Moment } from "../../packages/emulator/src/faults/instruction.ts";
import { VOCABULARY } from "../../packages/emulator/src/faults/vocabulary.ts";
import { ANSWER_MS, GRACE_MS, LONG_ANSWER_MS } from "./deadlines.ts";
import { hurried } from "./hurried-client.ts";
import { openTrials, SOURCE, type Trial, type Trials } from "./trial.ts";

const BYTES = 3000;
/** Above any deadline on the clock of the tests. */
const LONG_MS = 3_000;
/** Calls at the same time; they do nothing but wait. */
const TOGETHER = 64;

/** One call of each operation, made once: what a stall alone comes to. */
const CALLS: Partial<
  Record<OperationName, (at: Pick<Trial, "client" | "object">, UploadId: string) => Promise<unknown>>
> = {
  PutObject: ({ client, object }) => client.putObject({ ...object, Body: SOURCE.subarray(0, BYTES) }),
  AppendObject: ({ client, object }) =>
    client.appendObject({
      ...object,
      Key: `${object.Key}.log`,
      Data: SOURCE.subarray(0, BYTES),
      Position: 0,
    }),
  HeadObject: ({ client, object }) => client.headObject(object),
  GetObject: async ({ client, object }) => new Response((await client.getObject(object)).Body).arrayBuffer(),
  DeleteObject: ({ client, object }) => client.deleteObject(object),
  CopyObject: ({ client, object }) =>
    client.copyObject({ ...object, Key: `${object.Key}.copy`, CopySource: source(object) }),
  InitiateMultipartUpload: ({ client, object }) => client.createMultipartUpload(object),
  UploadPart: ({ client, object }, UploadId) =>
    client.uploadPart({ ...object, UploadId, PartNumber: 1, Body: SOURCE.subarray(0, BYTES) }),
  UploadPartCopy: ({ client, object }, UploadId) =>
    client.uploadPartCopy({ ...object, UploadId, PartNumber: 1, CopySource: source(object) }),
  ListParts: ({ client, object }, UploadId) => client.listParts({ ...object, UploadId }),
  CompleteMultipartUpload: ({ client, object }, UploadId) =>
    client.completeMultipartUpload({
      ...object,
      UploadId,
      MultipartUpload: { Part: [{ PartNumber: 1, ETag: '"0"' }] },
    }),
  AbortMultipartUpload: ({ client, object }, UploadId) =>
    client.abortMultipartUpload({ ...object, UploadId }),
  ListMultipartUploads: ({ client, object }) => client.listMultipartUploads({ Bucket: object.Bucket }),
};

const source = (object: Trial["object"]) => ({ ...object, Region: "ap-guangzhou" });

const STALLS: readonly Fault[] = [
  { kind: "silence" },
  { kind: "stop-reading" },
  { kind: "slow-read", bytesPerSecond: 1 },
  { kind: "delay", ms: LONG_MS },
];
const WITH_BODY: readonly OperationName[] = ["PutObject", "AppendObject", "UploadPart"];

interface Stall {
  readonly op: OperationName;
  readonly fault: Fault;
  readonly moment: Moment;
}

/** Every stall at every moment that comes: a refused Complete is no commit, and a HEAD answers nothing but its head. */
const ALL: readonly Stall[] = (Object.keys(CALLS) as OperationName[]).flatMap((op) =>
  STALLS.flatMap((fault) =>
    MOMENTS.filter((moment) => VOCABULARY[fault.kind].moments.includes(moment)).map((moment) => ({
      op,
      fault,
      moment,
    })),
  ),
);

function comes({ op, fault, moment }: Stall): boolean {
  if (!WITH_BODY.includes(op) && (moment === "after-N-bytes-of-request" || fault.kind === "slow-read"))
    return false;
  return !(op === "CompleteMultipartUpload" && moment === "after-commit-before-response");
}

interface Settled extends Stall {
  readonly verdict: string;
  readonly ms: number;
  readonly boundMs: number;
}

let trials: Trials;
let settled: readonly Settled[] = [];
beforeAll(async () => {
  trials = await openTrials();
  settled = await playAll(ALL.filter(comes));
});
afterAll(() => trials.close());

async function playAll(stalls: readonly Stall[]): Promise<readonly Settled[]> {
  const done: Settled[] = [];
  const queue = [...stalls.entries()];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      done[next[0]] = await play(next[1]);
  };
  await Promise.all(Array.from({ length: TOGETHER }, worker));
  // A machine that has other work is late itself, and so are exchanges that do not stall: once more, alone.
  for (const [index, one] of done.entries()) if (!asItShould(one)) done[index] = await play(one);
  return done;
}

async function play(stall: Stall): Promise<Settled> {
  const { op, fault, moment } = stall;
  const trial = trials.begin(`${op} ${fault.kind} ${moment}`);
  await trial.plant(SOURCE);
  const client = trial.hurriedClient({ maxAttempts: 1 });
  const { UploadId } = await trial.client.createMultipartUpload(trial.object);
  trial.script([{ op, when: whenOf(op, moment), fault }]);
  const started = performance.now();
  const verdict = await (
    CALLS[op]?.({ client, object: trial.object }, UploadId) ?? Promise.reject(new Error(op))
  ).then(
    () => "done",
    (error: unknown) => (error instanceof CosError ? error.code : String(error)),
  );
  const ms = performance.now() - started;
  await Promise.all([client.close(), trial.client.close()]);
  const body = WITH_BODY.includes(op) ? BYTES / 32.768 : 0;
  const boundMs = hurried((LONG_ANSWER_MS[op] ?? ANSWER_MS) + body) + GRACE_MS;
  return { ...stall, verdict: trial.allFired() ? verdict : "the fault has not fired", ms, boundMs };
}

function whenOf(op: OperationName, moment: Moment): When {
  if (moment === "after-N-bytes-of-request") return "after-100-bytes-of-request";
  // In the head of every answer; in the body of an object that is read, which has a deadline of its own.
  const bytes = op === "GetObject" ? 5000 : 25;
  return moment === "after-N-bytes-of-response" ? `after-${bytes}-bytes-of-response` : moment;
}

/** An append that may have happened is looked at, settled, and made again where it has not. */
function asItShould({ op, verdict, ms, boundMs }: Settled): boolean {
  return ms <= boundMs && verdict === (op === "AppendObject" ? "done" : "timeout");
}

describe("a stall is over within a second of its deadline", () => {
  test.each(Object.keys(CALLS))("%s", (op) => {
    const own = settled.filter((one) => one.op === op);
    expect(own.length).toBeGreaterThan(7);
    expect(own.filter((one) => !asItShould(one))).toEqual([]);
  });
});
