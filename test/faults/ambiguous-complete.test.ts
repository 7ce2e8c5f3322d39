import type { Instruction } from "@cosup/emulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OLDER, openRig, type Rig, SOURCE, verdictOf } from "./rig.ts";

/** What goes wrong with Complete, and with the requests that check its outcome. */
const FAULTS = {
  happenedAndLost: { op: "CompleteMultipartUpload", when: "after-commit-before-response", fault: "reset" },
  lostBeforeItHappened: { op: "CompleteMultipartUpload", when: "after-body-before-commit", fault: "reset" },
  /** Strikes after the commit, so that the reset strikes later, in the response. */
  thenOverwritten: {
    op: "CompleteMultipartUpload",
    when: "after-commit-before-response",
    fault: "foreign-object",
  },
  thenLost: { op: "CompleteMultipartUpload", when: "after-0-bytes-of-response", fault: "reset" },
  happenedButCalledGone: {
    op: "CompleteMultipartUpload",
    when: "after-commit-before-response",
    fault: { kind: "status", code: "NoSuchUpload" },
  },
  expiredBefore: {
    op: "CompleteMultipartUpload",
    when: "before-headers",
    fault: { kind: "end-upload", by: "abort" },
  },
  abortedSince: { op: "ListParts", when: "before-headers", fault: { kind: "end-upload", by: "abort" } },
  overwrittenSince: { op: "ListParts", when: "before-headers", fault: "foreign-object" },
  errorInA200: {
    op: "CompleteMultipartUpload",
    when: "after-body-before-commit",
    fault: { kind: "late-error", code: "InternalError" },
  },
  errorInA200Forever: {
    op: "CompleteMultipartUpload",
    when: "after-body-before-commit",
    fault: { kind: "late-error", code: "InternalError" },
    times: "forever",
  },
  wrongCrc64: {
    op: "CompleteMultipartUpload",
    when: "after-commit-before-response",
    fault: { kind: "crc64", value: "wrong" },
  },
  headForbidden: { op: "HeadObject", when: "before-headers", fault: "deny", times: "forever" },
  listForbidden: { op: "ListParts", when: "before-headers", fault: "deny", times: "forever" },
} as const satisfies Readonly<Record<string, Instruction>>;

interface Case {
  readonly faults: readonly (keyof typeof FAULTS)[];
  /** The object at the key before the call; absent: none. */
  readonly before?: "older" | "source";
  readonly verdict: string;
  readonly object: "source" | "older" | "other" | "none";
  /** Times that Complete was sent. */
  readonly sent: number;
  readonly says?: RegExp;
  /** Uploads that are left, which are then reported. */
  readonly left?: number;
}

const STORED = { verdict: "stored", object: "source" } as const;
const UNKNOWN = "outcome-unknown";
const LOST_AND_GONE = /^the response to Complete was lost, and COS no longer knows the upload, and /;
const GONE = /NoSuchUpload/;
const UNASKABLE = /^the response to Complete was lost, and HEAD failed too: headObject of \S+: HTTP 403$/;

/**
 * Neither "an object exists" nor "the upload is gone" shows that Complete was carried out. An object with the size, the
 * CRC64 and the headers of the source does. The outcome is unknown if COS must not be asked, or if both the upload
 * and its object are gone.
 */
const TABLE: Readonly<Record<string, Case>> = {
  // Complete happened.
  "it happened": { faults: ["happenedAndLost"], sent: 1, ...STORED },
  "it happened, over an older object of the same size": {
    faults: ["happenedAndLost"],
    before: "older",
    sent: 1,
    ...STORED,
  },
  "it happened, and somebody overwrote the object": {
    faults: ["thenOverwritten", "thenLost"],
    verdict: UNKNOWN,
    object: "other",
    sent: 1,
    says: LOST_AND_GONE,
  },
  "it happened, and the response is NoSuchUpload": {
    faults: ["happenedButCalledGone"],
    sent: 1,
    ...STORED,
  },
  // Complete did not happen, and the upload is still there.
  "it did not happen": { faults: ["lostBeforeItHappened"], sent: 2, ...STORED },
  "it did not happen, and an older object of the same size is there": {
    faults: ["lostBeforeItHappened"],
    before: "older",
    sent: 2,
    ...STORED,
  },
  "it did not happen, and somebody overwrote the object meanwhile": {
    faults: ["lostBeforeItHappened", "overwrittenSince"],
    before: "older",
    sent: 2,
    ...STORED,
  },
  // Complete did not happen, and never will.
  "it did not happen, for the upload had expired": {
    faults: ["expiredBefore"],
    verdict: "not-found",
    object: "none",
    sent: 1,
    says: GONE,
  },
  "it did not happen, and somebody has aborted the upload since": {
    faults: ["lostBeforeItHappened", "abortedSince"],
    verdict: UNKNOWN,
    object: "none",
    sent: 1,
    says: LOST_AND_GONE,
  },
  "it did not happen, the upload is gone, and an older object of the same size is there": {
    faults: ["lostBeforeItHappened", "abortedSince"],
    before: "older",
    verdict: UNKNOWN,
    object: "older",
    sent: 1,
    says: LOST_AND_GONE,
  },
  "it did not happen, the upload is gone, and an older object has the very bytes": {
    faults: ["lostBeforeItHappened", "abortedSince"],
    before: "source",
    sent: 1,
    ...STORED,
  },
  // Complete gets a response, but not the expected one.
  "a 200 with an error, once": { faults: ["errorInA200"], sent: 2, ...STORED },
  "a 200 with an error, forever": {
    faults: ["errorInA200Forever"],
    before: "older",
    verdict: "service-unavailable",
    object: "older",
    sent: 8,
  },
  "a wrong CRC64 of the right object": { faults: ["wrongCrc64"], sent: 1, ...STORED },
  // COS may not be asked.
  "it happened, and HEAD is forbidden": {
    faults: ["happenedAndLost", "headForbidden"],
    verdict: UNKNOWN,
    object: "source",
    sent: 1,
    says: UNASKABLE,
  },
  "it happened, and ListParts is forbidden": {
    faults: ["happenedAndLost", "listForbidden"],
    sent: 2,
    ...STORED,
  },
  "it did not happen, and ListParts is forbidden": {
    faults: ["lostBeforeItHappened", "listForbidden"],
    sent: 2,
    ...STORED,
  },
};

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

describe("a Complete whose outcome is not known at once", () => {
  test.each(Object.entries(TABLE))("%s", async (name, expected) => {
    const rigCase = rig.begin(name);
    if (expected.before !== undefined) await rigCase.plant(expected.before === "older" ? OLDER : SOURCE);
    rigCase.script(expected.faults.map((fault) => FAULTS[fault]));
    const { verdict, message } = await verdictOf(rigCase.upload({ checkpoints: undefined }));
    rigCase.expectAllFired();
    const { left = 0 } = expected;
    expect({
      verdict,
      object: await rigCase.stored(),
      sent: rigCase.sent.filter((operation) => operation === "CompleteMultipartUpload").length,
      left: await rigCase.openUploads(),
    }).toEqual({ verdict: expected.verdict, object: expected.object, sent: expected.sent, left });
    expect(message).toMatch(expected.says ?? /^/);
    // Whether that Complete is still on its way cannot be known either: the upload may be left.
    const mayBeLeft = verdict === UNKNOWN ? ["orphan-upload"] : [];
    expect(rigCase.warnings.map(({ code }) => code)).toEqual(mayBeLeft);
    await rigCase.client.close();
  });
});
