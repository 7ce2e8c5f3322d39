import type { Instruction, OperationName } from "@cosup/emulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openRig, type Rig, type RigCase, SOURCE, verdictOf } from "./rig.ts";

const deny = (op: OperationName): Instruction => ({
  op,
  when: "before-headers",
  fault: "deny",
  times: "forever",
});
const LOST: Instruction = {
  op: "CompleteMultipartUpload",
  when: "after-commit-before-response",
  fault: "reset",
};
const OPEN: Instruction = { op: "CompleteMultipartUpload", when: "after-body-before-commit", fault: "reset" };
const PART_3: Instruction = {
  op: "UploadPart",
  match: { part: 3 },
  when: "before-headers",
  fault: { kind: "status", status: 409 },
  times: "forever",
};

interface Flow {
  /** Prepares the state before the permission is removed. */
  prepare?(rigCase: RigCase): Promise<void>;
  readonly script?: readonly Instruction[];
  call(rigCase: RigCase): ReturnType<RigCase["upload"]>;
}

/** An upload that has sent two of its three parts. */
async function interrupted(rigCase: RigCase, kept = true): Promise<void> {
  rigCase.script([PART_3]);
  await verdictOf(rigCase.upload(kept ? {} : { checkpoints: undefined, resume: "server" }));
}

const FLOWS = {
  "one PUT": { call: ({ client, object }) => client.putObject({ ...object, Body: "small" }) },
  "an upload in parts": { call: (rigCase) => rigCase.upload({ checkpoints: undefined }) },
  "an upload in parts, with checkpoints": { call: (rigCase) => rigCase.upload() },
  "a resume": { prepare: interrupted, call: (rigCase) => rigCase.upload() },
  "a resume without a checkpoint": {
    prepare: (rigCase) => interrupted(rigCase, false),
    call: (rigCase) => rigCase.upload({ checkpoints: undefined, resume: "server" }),
  },
  "a resume that is not wanted": {
    prepare: interrupted,
    call: (rigCase) => rigCase.upload({ resume: "off" }),
  },
  "a resume of what is done": {
    // The response to HEAD, which would resolve the outcome of Complete, is lost as well: only the next call finds out.
    prepare: async (rigCase) => {
      rigCase.script([LOST, deny("HeadObject")]);
      await verdictOf(rigCase.upload());
    },
    call: (rigCase) => rigCase.upload(),
  },
  "a lost Complete that happened": {
    script: [LOST],
    call: (rigCase) => rigCase.upload({ checkpoints: undefined }),
  },
  "a lost Complete that did not": {
    script: [OPEN],
    call: (rigCase) => rigCase.upload({ checkpoints: undefined }),
  },
  "an upload that is given up": {
    script: [PART_3],
    call: (rigCase) => rigCase.upload({ checkpoints: undefined }),
  },
  "skip: 'exists', and nothing is there": { call: (rigCase) => rigCase.upload({ skip: "exists" }) },
  "skip: 'same', and the same is there": {
    prepare: (rigCase) => rigCase.plant(SOURCE),
    call: (rigCase) => rigCase.upload({ skip: "same" }),
  },
} as const satisfies Readonly<Record<string, Flow>>;

type FlowName = keyof typeof FLOWS;

/**
 * The outcome without a permission: the verdict with the action that the error names, the warnings, and whether an
 * upload stays behind: kept for the next call by its checkpoint, or left, which a warning reports (or COS's own list,
 * where that is what is resumed from). What a flow does not list, it does without: it never sends such a request.
 */
const TABLE: Readonly<Record<FlowName, Partial<Record<OperationName, string>>>> = {
  "one PUT": { PutObject: "access-denied putObject" },
  "an upload in parts": {
    InitiateMultipartUpload: "access-denied createMultipartUpload",
    UploadPart: "access-denied uploadPart",
    CompleteMultipartUpload: "access-denied completeMultipartUpload",
  },
  "an upload in parts, with checkpoints": {
    InitiateMultipartUpload: "access-denied createMultipartUpload",
    UploadPart: "access-denied uploadPart (kept)",
    CompleteMultipartUpload: "access-denied completeMultipartUpload (kept)",
  },
  "a resume": {
    UploadPart: "access-denied uploadPart (kept)",
    CompleteMultipartUpload: "access-denied completeMultipartUpload (kept)",
    ListParts: "stored + resume-discarded",
  },
  "a resume without a checkpoint": {
    UploadPart: "access-denied uploadPart + upload-adopted (left)",
    CompleteMultipartUpload: "access-denied completeMultipartUpload + upload-adopted (left)",
    ListParts: "stored + resume-discarded upload-adopted",
    ListMultipartUploads: "access-denied listMultipartUploads (left)",
  },
  "a resume that is not wanted": {
    InitiateMultipartUpload: "access-denied createMultipartUpload + resume-discarded",
    UploadPart: "access-denied uploadPart + resume-discarded (kept)",
    CompleteMultipartUpload: "access-denied completeMultipartUpload + resume-discarded (kept)",
    AbortMultipartUpload: "stored + resume-discarded orphan-upload (left)",
  },
  "a resume of what is done": {
    ListParts: "not-found uploadPart + resume-discarded (the object is there)",
    HeadObject: "stored",
  },
  "a lost Complete that happened": {
    InitiateMultipartUpload: "access-denied createMultipartUpload",
    UploadPart: "access-denied uploadPart",
    CompleteMultipartUpload: "access-denied completeMultipartUpload",
    ListParts: "stored",
    HeadObject: "outcome-unknown headObject + orphan-upload (the object is there)",
  },
  "a lost Complete that did not": {
    InitiateMultipartUpload: "access-denied createMultipartUpload",
    UploadPart: "access-denied uploadPart",
    CompleteMultipartUpload: "access-denied completeMultipartUpload",
    ListParts: "stored",
  },
  "an upload that is given up": {
    InitiateMultipartUpload: "access-denied createMultipartUpload",
    UploadPart: "access-denied uploadPart",
    AbortMultipartUpload: "conflict uploadPart + orphan-upload (left)",
  },
  "skip: 'exists', and nothing is there": {
    InitiateMultipartUpload: "access-denied createMultipartUpload",
    UploadPart: "access-denied uploadPart (kept)",
    CompleteMultipartUpload: "access-denied completeMultipartUpload (kept)",
    HeadObject: "access-denied headObject",
  },
  "skip: 'same', and the same is there": { HeadObject: "access-denied headObject (the object is there)" },
};

const OPERATIONS: readonly OperationName[] = [
  "PutObject",
  "InitiateMultipartUpload",
  "UploadPart",
  "CompleteMultipartUpload",
  "ListParts",
  "ListMultipartUploads",
  "HeadObject",
  "AbortMultipartUpload",
];

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

const NAMES = Object.keys(FLOWS) as FlowName[];

describe.each(NAMES)("%s, without the permission of", (name) => {
  test.each(OPERATIONS)("%s", async (denied) => {
    const flow: Flow = FLOWS[name];
    const rigCase = rig.begin(`${name} ${denied}`);
    await flow.prepare?.(rigCase);
    rigCase.warnings.length = 0;
    rigCase.sent.length = 0;
    rigCase.script([deny(denied), ...(flow.script ?? [])]);
    const { verdict, message } = await verdictOf(flow.call(rigCase));
    const used = rigCase.sent.includes(denied);
    const outcome = await summary(rigCase, verdict, message);
    await rigCase.client.close();
    expect(used ? outcome : undefined).toBe(TABLE[name][denied]);
  });
});

test("an upload that is gone, which the client cannot see, fails once: the next call starts from the beginning", async () => {
  const rigCase = rig.begin("gone");
  await FLOWS["a resume of what is done"].prepare(rigCase);
  rigCase.script([deny("ListParts")]);
  const failure = await rigCase.upload().catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "not-found", hint: expect.stringContaining("to begin again") });
  expect(await verdictOf(rigCase.upload())).toEqual({ verdict: "stored", message: "" });
  await rigCase.client.close();
});

test.each(["exists", "same"] as const)("skip: '%s' without HEAD fails with a hint", async (skip) => {
  const rigCase = rig.begin(`skip ${skip}`);
  rigCase.script([deny("HeadObject")]);
  const failure = await rigCase.upload({ skip }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "access-denied", hint: expect.stringContaining("skip 'never'") });
  expect(rigCase.sent).toEqual(["HeadObject"]);
  await rigCase.client.close();
});

/** `stored`, or the error's code and the action that it names; then the warnings, and what is left of uploads. */
async function summary(rigCase: RigCase, verdict: string, message: string): Promise<string> {
  const failed = verdict !== "stored" && verdict !== "skipped";
  const action =
    /\b(putObject|\w+MultipartUpload|uploadPart|list(Parts|MultipartUploads)|headObject) o[fn] /.exec(
      message,
    );
  const warnings = rigCase.warnings.map(({ code }) => code).join(" ");
  const kept = (await rigCase.checkpointFiles()).length > 0;
  return [
    verdict,
    action?.[1],
    warnings && `+ ${warnings}`,
    failed && (await rigCase.stored()) === "source" && "(the object is there)",
    (await rigCase.openUploads()) > 0 && (kept ? "(kept)" : "(left)"),
  ]
    .filter(Boolean)
    .join(" ");
}
