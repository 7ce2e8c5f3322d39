import { CosError } from "@cosup/core";
import type { OperationName } from "@cosup/emulator";
import type { Outcome } from "./combination-rig.ts";
import { type Combination, kindOf } from "./combinations.ts";
import { longestWaitMs } from "./deadlines.ts";
import { FLOWS } from "./flows.ts";

const PUBLISHES: readonly OperationName[] = ["PutObject", "CompleteMultipartUpload", "CopyObject"];
/** Another writer, or the disk, changed the object: the client may detect it and cannot undo it. */
const BY_OTHERS = ["foreign-object", "flip-stored", "flip-request", "end-upload"];

/** What is wrong with an outcome; an empty list: nothing is. */
export function judge(combination: Combination, outcome: Outcome): string[] {
  return [
    ...unfired(outcome),
    ...(outcome.error === undefined
      ? judgeSuccess(combination, outcome)
      : judgeFailure(combination, outcome, outcome.error)),
    ...judgeOrphans(combination, outcome),
    ...judgeTime(combination, outcome),
  ];
}

/** One word for an outcome: `stored`, or the code of the error. */
export function verdictOf({ flow }: Combination, { error, warnings }: Outcome): string {
  // The failure of this upload is intended. Only the report about its parts matters. Whether the service still
  // carries out an Abort that the client has given up is random.
  const reported = warnings.some(({ code }) => code === "orphan-upload");
  if (flow === "failing") return reported ? "orphan reported" : "cleared";
  if (error === undefined) return "stored";
  return error instanceof CosError ? error.code : String(error);
}

function unfired({ receipt }: Outcome): string[] {
  return receipt.instructions
    .filter(({ fired }) => fired === 0)
    .map(({ instruction }) => `never fired: ${JSON.stringify(instruction)}`);
}

function judgeSuccess({ flow, instruction }: Combination, outcome: Outcome): string[] {
  const { result, expectedCrc64, object } = outcome;
  const wrong: string[] = [];
  if (flow === "failing") wrong.push("succeeded with a part that was refused");
  if (result?.crc64 !== expectedCrc64)
    wrong.push(`reported the CRC64 ${result?.crc64}, not ${expectedCrc64}`);
  if (result?.size !== FLOWS[flow].size) wrong.push(`reported ${result?.size} bytes`);
  // After the response that verified the object, another writer can replace it unnoticed.
  const later = instruction.when === "after-commit-before-response" && isByOthers(instruction.fault);
  if (object !== "source" && !(later && object === "other"))
    wrong.push(`succeeded, but the object is ${object}`);
  return wrong;
}

function judgeFailure(
  { flow, op, instruction, moment }: Combination,
  { object }: Outcome,
  error: unknown,
): string[] {
  const wrong: string[] = [];
  if (!(error instanceof CosError))
    wrong.push(`failed with ${error instanceof Error ? error.stack : String(error)}`);
  const published =
    flow === "lost" ||
    (PUBLISHES.includes(op) && (moment.startsWith("after-commit") || moment === "after-N-bytes-of-response"));
  const others = isByOthers(instruction.fault);
  const allowed = ["previous", ...(published || others ? ["source"] : []), ...(others ? ["other"] : [])];
  // The copy was made. Only a HEAD could verify it, and the corrected clock now makes that HEAD fail.
  const copied = flow === "copy" && kindOf(instruction.fault) === "clock-skew";
  if (!allowed.includes(object) && !(copied && object === "source"))
    wrong.push(`failed, and the object is ${object}`);
  return wrong;
}

function judgeOrphans({ flow, op, instruction, moment }: Combination, outcome: Outcome): string[] {
  const reported = outcome.warnings.filter(({ code }) => code === "orphan-upload").length;
  // Its checkpoint names it: the next call resumes it.
  const kept = flow === "resume" && outcome.error !== undefined ? 1 : 0;
  if (outcome.openUploads <= reported + kept) return [];
  const { fault } = instruction;
  // A refusal after the commit, a duplicate delivery, an upload reported as gone: the client cannot know.
  const refused = op === "InitiateMultipartUpload" && moment === "after-commit-before-response";
  const hidden = refused && (kindOf(fault) === "status" || kindOf(fault) === "deliver-again");
  const calledGone = typeof fault === "object" && fault.kind === "status" && fault.code === "NoSuchUpload";
  return hidden || calledGone ? [] : [`${outcome.openUploads} uploads left open, ${reported} reported`];
}

function judgeTime({ flow, op, stalls }: Combination, outcome: Outcome): string[] {
  const { waitedMs, deadlines, receipt } = outcome;
  const struck = receipt.instructions[0]?.fired ?? 0;
  const passed = deadlines > (stalls ? struck : 0) ? [`${deadlines} deadlines passed`] : [];
  const boundMs = longestWaitMs(op, FLOWS[flow].size);
  const late =
    waitedMs > boundMs ? [`took ${Math.round(waitedMs)} ms of at most ${Math.round(boundMs)}`] : [];
  return [...passed, ...late];
}

function isByOthers(fault: Combination["instruction"]["fault"]): boolean {
  return BY_OTHERS.includes(kindOf(fault));
}
