import { describe, expect, test } from "vitest";
import { CosError, IntegrityError, ServiceError, TransportError } from "../../src/errors.ts";
import {
  afterCheckpointGone,
  afterComplete,
  afterFailedPut,
  afterFailedUpload,
  afterLook,
  afterRefusedPut,
  type FoundAtKey,
  isUnknownAfterAbort,
} from "../../src/upload/resolve-outcome.ts";

const refusal = (status: number, cosCode: string, retryable = false): ServiceError =>
  new ServiceError(cosCode, { code: "conflict", retryable, status, cosCode, requestId: "id" });
const exists = refusal(409, "FileAlreadyExists");
const conflict = refusal(409, "UploadConflict");
const noSuchUpload = refusal(404, "NoSuchUpload");
const forbidden = refusal(403, "AccessDenied");
const lost = new TransportError("reset", "reset");
const unsent = new TransportError("no connection", "connect");
const damaged = new IntegrityError("damaged", { expected: "1", actual: "2" });
const FOUND: readonly FoundAtKey[] = ["none", "other", "unverifiable", "equal-so-far", "equal"];

describe("a Complete that failed", () => {
  test.each<[string, CosError, boolean, boolean, ReturnType<typeof afterComplete>]>([
    ["lost", lost, false, false, { doubtful: true, next: "look" }],
    ["in conflict with another", conflict, false, false, { doubtful: true, next: "look" }],
    ["of an upload that COS does not know", noSuchUpload, false, false, { doubtful: false, next: "look" }],
    ["refused after one that was lost", forbidden, true, false, { doubtful: true, next: "look" }],
    ["refused for good", forbidden, false, false, { doubtful: false, next: "fail" }],
    ["not sent", unsent, false, false, { doubtful: false, next: "repeat" }],
    ["not sent the last time", unsent, false, true, { doubtful: false, next: "fail" }],
  ])("%s", (_, failure, doubtful, lastRound, state) => {
    expect(afterComplete(failure, doubtful, lastRound)).toEqual(state);
  });

  const rules = { failure: lost, doubtful: true, forbidOverwrite: false, lastRound: false } as const;

  test.each<[string, Partial<Parameters<typeof afterLook>[1]>, ReturnType<typeof afterLook>]>([
    ["is sent again", {}, "repeat"],
    ["fails when COS refused to overwrite an object", { failure: exists }, "fail"],
    ["fails the last time", { lastRound: true }, "fail"],
    ["is in doubt while COS carries another out", { lastRound: true, failure: conflict }, "unknown"],
  ])("while COS still has the upload %s", (_, more, decision) => {
    for (const found of [undefined, ...FOUND]) {
      expect(afterLook({ open: true, found }, { ...rules, ...more })).toBe(decision);
    }
  });

  test("is sent again where ListParts is forbidden, but not the last time and not after a refusal", () => {
    const look = { open: undefined, found: "equal" } as const;
    expect(afterLook(look, rules)).toBe("repeat");
    expect(afterLook(look, { ...rules, lastRound: true })).toBe("published");
    expect(afterLook(look, { ...rules, failure: exists, forbidOverwrite: true })).toBe("unknown");
  });

  test("of an upload that is gone has published an equal object only", () => {
    const decisions = FOUND.map((found) => afterLook({ open: false, found }, rules));
    expect(decisions).toEqual(["unknown", "unknown", "unknown", "unknown", "published"]);
  });

  test("under ForbidOverwrite: an equal object may be another writer's, another one is a conflict", () => {
    const strict = { ...rules, forbidOverwrite: true };
    const after = (failure: CosError) =>
      FOUND.map((found) => afterLook({ open: false, found }, { ...strict, failure }));
    expect(after(lost)).toEqual(["unknown", "unknown", "unknown", "unknown", "unknown"]);
    expect(after(exists)).toEqual(["unknown", "fail", "unknown", "unknown", "unknown"]);
  });

  test("that COS cannot have carried out is a plain failure unless the object is equal", () => {
    const decisions = FOUND.map((found) => afterLook({ open: false, found }, { ...rules, doubtful: false }));
    expect(decisions).toEqual(["fail", "fail", "fail", "fail", "published"]);
  });
});

describe("a PUT under ForbidOverwrite that failed", () => {
  test.each<[string, unknown, boolean, ReturnType<typeof afterFailedPut>]>([
    ["because other bytes arrived fails, whatever was stored", damaged, true, "fail"],
    ["without a response is in doubt", lost, false, "unknown"],
    ["with a refusal is looked after when an earlier one may be stored", exists, true, "look"],
    ["with a refusal fails when none can be stored", exists, false, "fail"],
  ])("%s", (_, failure, mayBeStored, decision) => {
    expect(afterFailedPut(failure, mayBeStored)).toBe(decision);
  });

  test.each<[boolean, readonly string[]]>([
    [true, ["unknown", "fail", "unknown", "published", "published"]],
    [false, ["unknown", "fail", "unknown", "unknown", "unknown"]],
  ])("and was refused then, by what is at the key (an earlier one confirmed: %s)", (confirmed, decisions) => {
    expect(FOUND.map((found) => afterRefusedPut(exists, found, confirmed))).toEqual(decisions);
  });

  test("fails when COS refused it for another reason and there is no object", () => {
    expect(afterRefusedPut(forbidden, "none", false)).toBe("fail");
  });
});

test.each<[boolean, readonly string[]]>([
  [false, ["begin-again", "begin-again", "begin-again", "begin-again", "completed"]],
  [true, ["begin-again", "begin-again", "begin-again", "unknown", "unknown"]],
])("a checkpoint whose upload is gone, by what is at the key (ForbidOverwrite: %s)", (forbid, decisions) => {
  expect(FOUND.map((found) => afterCheckpointGone(found, forbid))).toEqual(decisions);
});

test.each<[unknown, ReturnType<typeof afterFailedUpload>]>([
  [noSuchUpload, "gone"],
  [new CosError("?", { code: "outcome-unknown", retryable: false }), "leave"],
  [new Error("outcome-unknown"), "abort"],
  [forbidden, "abort"],
])("an upload that failed without a checkpoint, by its failure: %s", (failure, decision) => {
  expect(afterFailedUpload(failure)).toBe(decision);
});

test("an upload is in doubt after its abort unless COS aborted it, or its bytes were wrong, or nothing was doubtful", () => {
  const ends = ["aborted", "unknown upload", "left behind"] as const;
  expect(ends.map((end) => isUnknownAfterAbort(end, lost, true))).toEqual([false, true, true]);
  expect(ends.map((end) => isUnknownAfterAbort(end, damaged, true))).toEqual([false, false, false]);
  expect(ends.map((end) => isUnknownAfterAbort(end, lost, false))).toEqual([false, false, false]);
});
