import { describe, expect, test } from "vitest";
import { MOMENTS } from "../../src/faults/instruction.ts";
import { FaultScriptError, validateScript } from "../../src/faults/validate.ts";
import { VOCABULARY } from "../../src/faults/vocabulary.ts";

const SOUND = { op: "PutObject", when: "before-headers", fault: "reset" };

describe("an error names the field and the accepted values", () => {
  test.each([
    ["an object", {}, "instructions", "must be an array of instructions"],
    ["no instruction", [7], "[0]", "is 7; accepted: an instruction: { op, match, when, fault, times }"],
    ["the second", [SOUND, null], "[1]", "is null"],
    [
      "no op",
      [{ ...SOUND, op: undefined }],
      "[0].op",
      'is missing; accepted: "*" or one of AbortMultipartUpload, ',
    ],
    ["an op of old", [{ ...SOUND, op: "putObject" }], "[0].op", 'is "putObject"'],
    [
      "no moment",
      [{ ...SOUND, when: undefined }],
      "[0].when",
      "is missing; accepted: one of before-accept, ",
    ],
    ["N", [{ ...SOUND, when: "after-N-bytes-of-request" }], "[0].when", "with a number for N"],
    ["negative", [{ ...SOUND, when: "after--1-bytes-of-request" }], "[0].when", "with a number for N"],
    ["no fault", [{ ...SOUND, fault: undefined }], "[0].fault", "is missing; accepted: the name of a fault"],
    [
      "strange fault",
      [{ ...SOUND, fault: "explode" }],
      "[0].fault.kind",
      'is "explode"; accepted: one of reset, fin',
    ],
    ["inherited", [{ ...SOUND, fault: "constructor" }], "[0].fault.kind", 'is "constructor"'],
    ["a kind twice", [{ ...SOUND, fault: { kind: 3 } }], "[0].fault.kind", "is 3"],
    [
      "missing parameter",
      [{ ...SOUND, fault: "delay" }],
      "[0].fault.ms",
      "is missing; accepted: a whole number from 1",
    ],
    ["wrong parameter", [{ ...SOUND, fault: { kind: "delay", ms: "5" } }], "[0].fault.ms", 'is "5"'],
    [
      "spare parameter",
      [{ ...SOUND, fault: { kind: "delay", ms: 5, x: 1 } }],
      "[0].fault.x",
      "is not known here; accepted: ms",
    ],
    [
      "spare parameter",
      [{ ...SOUND, fault: { kind: "reset", ms: 5 } }],
      "[0].fault.ms",
      "nothing besides kind",
    ],
    [
      "one of",
      [{ ...SOUND, fault: { kind: "status", body: "pdf" } }],
      "[0].fault.body",
      'accepted: "xml", "empty", "html"',
    ],
    [
      "header injection",
      [{ ...SOUND, fault: { kind: "redirect", location: "x\r\ny: z" } }],
      "[0].fault.location",
      "printable",
    ],
    [
      "retryAfter",
      [{ ...SOUND, fault: { kind: "status", retryAfter: -1 } }],
      "[0].fault.retryAfter",
      "is -1",
    ],
    ["status", [{ ...SOUND, fault: { kind: "status", status: 199 } }], "[0].fault.status", "from 200 to 599"],
    [
      "moment",
      [{ ...SOUND, fault: "slice" }],
      "[0].when",
      "slice can only happen at after-commit-before-response",
    ],
    [
      "operation",
      [{ op: "PutObject", when: "after-commit-before-response", fault: "drop-part" }],
      "[0].op",
      "drop-part applies only to UploadPart, UploadPartCopy",
    ],
    [
      "afterOp",
      [{ ...SOUND, when: "after-commit-before-response", fault: { kind: "deliver-again", afterOp: "X" } }],
      "[0].fault.afterOp",
      'is "X"',
    ],
    ["times", [{ ...SOUND, times: "always" }], "[0].times", 'or "forever"'],
    ["match", [{ ...SOUND, match: { nth: 0 } }], "[0].match.nth", "is 0"],
    ["match", [{ ...SOUND, match: { part: 10_001 } }], "[0].match.part", "from 1 to 10000"],
    ["match", [{ ...SOUND, match: { key: 1 } }], "[0].match.key", "a glob"],
    ["match", [{ ...SOUND, match: { bucket: "b" } }], "[0].match.bucket", "accepted: key, part, nth"],
    ["spare", [{ ...SOUND, time: 3 }], "[0].time", "accepted: op, match, when, fault, times"],
  ])("%s", (_, script, field, message) => {
    const error = caught(() => validateScript(script));
    expect(error).toBeInstanceOf(FaultScriptError);
    expect(error).toMatchObject({ field });
    expect(String(error)).toContain(`${field}: `);
    expect(String(error)).toContain(message);
  });
});

test("defaults", () => {
  expect(validateScript([SOUND])).toEqual([
    {
      instruction: SOUND,
      op: "PutObject",
      match: {},
      moment: "before-headers",
      bytes: 0,
      fault: { kind: "reset" },
      times: 1,
    },
  ]);
  expect(validateScript([{ ...SOUND, when: "after-12-bytes-of-response", times: "forever" }])).toMatchObject([
    { moment: "after-N-bytes-of-response", bytes: 12, times: Number.POSITIVE_INFINITY },
  ]);
});

test("every moment has faults, and every fault moments", () => {
  for (const moment of MOMENTS) {
    expect(Object.values(VOCABULARY).some((rule) => rule.moments.includes(moment))).toBe(true);
  }
  for (const [kind, rule] of Object.entries(VOCABULARY)) {
    expect([kind, rule.moments.every((moment) => MOMENTS.includes(moment))]).toEqual([kind, true]);
    expect(rule.moments.length).toBeGreaterThan(0);
  }
});

function caught(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
