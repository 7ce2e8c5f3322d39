import { hintFor } from "../options/nearest.ts";
import { show } from "../options/option-errors.ts";
import { isOperationName, OPERATION_NAMES } from "../request/operation.ts";
import {
  type Fault,
  type FaultKind,
  type Instruction,
  MOMENTS,
  type Moment,
  type Rule,
} from "./instruction.ts";
import { integer, optional, type ParameterCheck } from "./parameter-checks.ts";
import { VOCABULARY } from "./vocabulary.ts";

/** A fault script is invalid. `field` is the path of the wrong value, for example `[2].fault.status`. */
export class FaultScriptError extends Error {
  override readonly name = "FaultScriptError";
  readonly field: string;

  constructor(field: string, message: string) {
    super(`${field}: ${message}`);
    this.field = field;
  }
}

/** Validates a fault script and fills in its defaults. */
export function validateScript(script: unknown): readonly Rule[] {
  if (!Array.isArray(script)) throw new FaultScriptError("instructions", "must be an array of instructions");
  return script.map((instruction: unknown, index) => validateInstruction(instruction, `[${index}]`));
}

const FIELDS = ["op", "match", "when", "fault", "times"];

function validateInstruction(value: unknown, at: string): Rule {
  const fields = record(value, at, "an instruction: { op, match, when, fault, times }");
  known(fields, FIELDS, at);
  const { op } = fields;
  if (op !== "*" && !isOperationName(op)) {
    throw wrongName(`${at}.op`, op, OPERATION_NAMES, `"*" or one of ${OPERATION_NAMES.join(", ")}`);
  }
  const { moment, bytes } = momentOf(fields.when, `${at}.when`);
  const fault = faultOf(fields.fault, `${at}.fault`);
  const rule = VOCABULARY[fault.kind];
  if (!rule.moments.includes(moment)) {
    throw new FaultScriptError(`${at}.when`, `${fault.kind} can only happen at ${rule.moments.join(" or ")}`);
  }
  if (op !== "*" && rule.ops?.includes(op) === false) {
    throw new FaultScriptError(`${at}.op`, `${fault.kind} applies only to ${rule.ops.join(", ")}`);
  }
  const times = fields.times ?? 1;
  if (times !== "forever") ensure(times, integer(1, 1e9), `${at}.times`, 'or "forever"');
  return {
    instruction: value as Instruction,
    op,
    match: matchOf(fields.match, `${at}.match`),
    moment,
    bytes,
    fault,
    times: times === "forever" ? Number.POSITIVE_INFINITY : (times as number),
  };
}

function momentOf(value: unknown, at: string): { moment: Moment; bytes: number } {
  const counted = /^after-(\d{1,15})-bytes-of-(request|response)$/.exec(
    typeof value === "string" ? value : "",
  );
  if (counted) {
    const moment: Moment =
      counted[2] === "request" ? "after-N-bytes-of-request" : "after-N-bytes-of-response";
    return { moment, bytes: Number(counted[1]) };
  }
  const moment = MOMENTS.find((name) => name === value && !name.includes("-N-"));
  if (!moment) throw wrongName(at, value, MOMENTS, `one of ${MOMENTS.join(", ")}, with a number for N`);
  return { moment, bytes: 0 };
}

function faultOf(value: unknown, at: string): Fault {
  const fields =
    typeof value === "string" ? { kind: value } : record(value, at, "the name of a fault or { kind, … }");
  const { kind, ...parameters } = fields;
  if (typeof kind !== "string" || !Object.hasOwn(VOCABULARY, kind)) {
    const kinds = Object.keys(VOCABULARY);
    throw wrongName(`${at}.kind`, kind, kinds, `one of ${kinds.join(", ")}`);
  }
  const checks = VOCABULARY[kind as FaultKind].parameters ?? {};
  known(parameters, Object.keys(checks), at);
  for (const [name, check] of Object.entries(checks)) ensure(parameters[name], check, `${at}.${name}`);
  if (kind === "deliver-again") {
    const name = parameters.afterOp;
    if (name !== undefined && !isOperationName(name))
      throw wrongName(`${at}.afterOp`, name, OPERATION_NAMES, "an operation");
  }
  return fields as unknown as Fault;
}

function matchOf(value: unknown, at: string): Rule["match"] {
  if (value === undefined) return {};
  const match = record(value, at, "{ key, part, nth }");
  known(match, ["key", "part", "nth"], at);
  if (match.key !== undefined && typeof match.key !== "string") throw wrong(`${at}.key`, match.key, "a glob");
  ensure(match.part, optional(integer(1, 10_000)), `${at}.part`);
  ensure(match.nth, optional(integer(1, 1e9)), `${at}.nth`);
  return match as Rule["match"];
}

function record(value: unknown, at: string, accepted: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(at, value, accepted);
  return value as Record<string, unknown>;
}

function known(fields: Record<string, unknown>, names: readonly string[], at: string): void {
  const stranger = Object.keys(fields).find((name) => !names.includes(name));
  if (stranger === undefined) return;
  const accepted = names.length === 0 ? "nothing besides kind" : names.join(", ");
  throw new FaultScriptError(
    `${at}.${stranger}`,
    `is not known here; accepted: ${accepted}${hintFor(stranger, names)}`,
  );
}

function ensure(value: unknown, check: ParameterCheck, at: string, more = ""): void {
  const accepted = check(value);
  if (accepted !== undefined) throw wrong(at, value, `${accepted} ${more}`.trim());
}

/** @param known the names among which one may have been meant */
function wrongName(at: string, value: unknown, known: readonly string[], accepted: string): FaultScriptError {
  return wrong(at, value, accepted + hintFor(value, known));
}

function wrong(at: string, value: unknown, accepted: string): FaultScriptError {
  const found = value === undefined ? "is missing" : `is ${show(value)}`;
  return new FaultScriptError(at, `${found}; accepted: ${accepted}`);
}
