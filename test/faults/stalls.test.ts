import { CosError } from "@cosup/core";
import type { Fault, OperationName, When } from "@cosup/emulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MOMENTS, type Moment } from "../../packages/emulator/src/faults/instruction.ts";
import { VOCABULARY } from "../../packages/emulator/src/faults/vocabulary.ts";
import { ENDLESS_MS, longestWaitMs } from "./deadlines.ts";
import { openRig, type Rig, type RigCase, SOURCE } from "./rig.ts";
import { VirtualTime } from "./virtual-time.ts";

const BYTES = 3000;

/** One call of each operation, made once, to measure the stall alone. */
const CALLS: Partial<
  Record<OperationName, (at: Pick<RigCase, "client" | "object">, UploadId: string) => Promise<unknown>>
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

const source = (object: RigCase["object"]) => ({ ...object, Region: "ap-guangzhou" });

const STALLS: readonly Fault[] = [
  { kind: "silence" },
  { kind: "stop-reading" },
  { kind: "slow-read", bytesPerSecond: 1 },
  { kind: "delay", ms: ENDLESS_MS },
];
const WITH_BODY: readonly OperationName[] = ["PutObject", "AppendObject", "UploadPart"];

const AFTER_COMMIT: readonly Moment[] = ["after-commit-before-response", "after-N-bytes-of-response"];

interface Stall {
  readonly op: OperationName;
  readonly fault: Fault;
  readonly moment: Moment;
}

/**
 * Every stall at every moment that occurs: a refused Complete commits nothing, and the response to a HEAD has no body.
 */
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
  /** Milliseconds of virtual time. */
  readonly waitedMs: number;
}

const time = new VirtualTime();
let rig: Rig;
beforeAll(async () => {
  rig = await openRig(time);
});
afterAll(() => rig.close());

async function play(stall: Stall): Promise<Settled> {
  const { op, fault, moment } = stall;
  const rigCase = rig.begin(`${op} ${fault.kind} ${moment}`);
  await rigCase.plant(SOURCE);
  const client = rigCase.virtualClient({ maxAttempts: 1 });
  const { UploadId } = await rigCase.client.createMultipartUpload(rigCase.object);
  rigCase.script([{ op, when: whenOf(op, moment), fault }]);
  const call = () =>
    CALLS[op]?.({ client, object: rigCase.object }, UploadId) ?? Promise.reject(new Error(op));
  const verdict = await rigCase.run(call).then(
    () => "done",
    (error: unknown) => (error instanceof CosError ? error.code : String(error)),
  );
  const { waitedMs } = time;
  await Promise.all([client.close(), rigCase.client.close()]);
  // A delay fires when its client has left.
  await expect.poll(() => rigCase.allFired(), { timeout: 50_000 }).toBe(true);
  return { ...stall, verdict, waitedMs };
}

function whenOf(op: OperationName, moment: Moment): When {
  if (moment === "after-N-bytes-of-request") return "after-100-bytes-of-request";
  // In the head of every response; in the body of an object that is read, which has a deadline of its own.
  const bytes = op === "GetObject" ? 5000 : 25;
  return moment === "after-N-bytes-of-response" ? `after-${bytes}-bytes-of-response` : moment;
}

/**
 * The position says whether an append has happened. It is repeated when it has not; when it has, nobody can know
 * whether this call did it.
 */
function expectedOf({ op, moment }: Stall): string {
  if (op !== "AppendObject") return "timeout";
  return AFTER_COMMIT.includes(moment) ? "outcome-unknown" : "done";
}

describe("a stall is over within a second of its deadline", () => {
  test.each(Object.keys(CALLS) as OperationName[])("%s", async (op) => {
    const settled: Settled[] = [];
    for (const stall of ALL.filter((one) => one.op === op && comes(one))) settled.push(await play(stall));
    expect(settled.length).toBeGreaterThan(7);
    expect(settled.filter((one) => one.verdict !== expectedOf(one))).toEqual([]);
    const boundMs = longestWaitMs(op, WITH_BODY.includes(op) ? BYTES : 0);
    expect(settled.filter(({ waitedMs }) => waitedMs === 0 || waitedMs > boundMs)).toEqual([]);
  });
});
