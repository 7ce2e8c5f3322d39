import { ServiceError } from "../../packages/core/src/errors.ts";
import { type Decisions, REAL } from "./decisions.ts";

/** A mistake put into the decisions on purpose, and the scenarios in which the search must find it. */
export interface Mistake {
  readonly name: string;
  readonly in: readonly string[];
  readonly decisions: Decisions;
}

const settlesByEqualBytes: Decisions = {
  ...REAL,
  compareFound: (object, wanted) => {
    if (object === undefined) return "none";
    return object.size === wanted.size && object.crc64 === wanted.crc64 ? "equal" : "other";
  },
  afterLook: (look, context) => REAL.afterLook(look, { ...context, forbidOverwrite: false }),
  afterCheckpointGone: (found) => REAL.afterCheckpointGone(found, false),
  afterRefusedPut: (failure, found, confirmed) =>
    found === "equal" ? "published" : REAL.afterRefusedPut(failure, found, confirmed),
  afterAppendLook: (length, appended, equal) =>
    equal === true ? "appended" : REAL.afterAppendLook(length, appended, equal),
};

/** Takes a 503 for a refusal, and so forgets an unknown outcome before it. */
const believes503: Decisions = {
  ...REAL,
  outcomeOf: (failure) => (is503(failure) ? "refused" : REAL.outcomeOf(failure)),
  canSendAgain: (failure, idempotent) => is503(failure) || REAL.canSendAgain(failure, idempotent),
  afterInitiate: (failure, last) => (is503(failure) ? "fail" : REAL.afterInitiate(failure, last)),
  afterComplete: (failure, doubtful, last) => {
    if (!is503(failure)) return REAL.afterComplete(failure, doubtful, last);
    return { doubtful, next: last ? "fail" : "repeat" };
  },
  afterAppend: (failure, earlier, last) => {
    const before = earlier === "unknown" ? earlier : "none";
    if (!is503(failure)) return REAL.afterAppend(failure, before, last);
    return last ? "fail" : "repeat";
  },
};

function is503(failure: unknown): boolean {
  return failure instanceof ServiceError && failure.status === 503;
}

export const MISTAKES: readonly Mistake[] = [
  {
    name: "equal bytes (size and CRC64) are taken for the call's own object",
    in: [
      "put, ForbidOverwrite",
      "multipart",
      "multipart with an ACL",
      "multipart, ForbidOverwrite",
      "append",
      "resume with an ACL",
    ],
    decisions: settlesByEqualBytes,
  },
  {
    name: "a 503 of COS is taken for a refusal",
    in: ["put, ForbidOverwrite", "multipart", "append"],
    decisions: believes503,
  },
  {
    name: "NoSuchUpload after a Complete is taken for its success",
    in: ["multipart", "multipart with an ACL"],
    decisions: {
      ...REAL,
      afterLook: (look, context) =>
        look.open === false && look.found !== undefined ? "published" : REAL.afterLook(look, context),
    },
  },
  {
    name: "a later failure of Complete replaces an earlier unknown outcome",
    in: ["multipart, ForbidOverwrite"],
    decisions: { ...REAL, isUnknownAfterAbort: () => false },
  },
  {
    name: "a call without a checkpoint resumes any unfinished upload of the key",
    in: ["multipart"],
    decisions: { ...REAL, adoptsAnyUpload: true },
  },
  {
    name: "a checkpoint's upload is resumed although it was begun with other headers",
    in: ["resume that asks for an ACL only now"],
    decisions: { ...REAL, whyIncompatible: () => undefined },
  },
];
