import { checkNames, checkValue, OptionRangeError, type Rule } from "../../options/option-errors.ts";
import { wildcards } from "../../request/wildcards.ts";
import { compileOperator } from "./conditions.ts";
import { listOf, type Policy, type PolicySubject } from "./policy.ts";
import { compileResource } from "./resources.ts";

/** Whether a policy allows a request. */
export type CompiledPolicy = (subject: PolicySubject) => boolean;

interface Statement {
  readonly effect: "allow" | "deny";
  readonly applies: (subject: PolicySubject) => boolean;
}

const compiled = new WeakMap<Policy, CompiledPolicy>();

/** Compiles a policy once. Throws an error that names the wrong element and what is accepted. */
export function compilePolicy(policy: Policy, option = "policy"): CompiledPolicy {
  const known = compiled.get(policy);
  if (known) return known;
  const statements = compileStatements(option, policy);
  const allows: CompiledPolicy = (subject) => {
    const effects = statements.filter(({ applies }) => applies(subject)).map(({ effect }) => effect);
    return effects.includes("allow") && !effects.includes("deny");
  };
  compiled.set(policy, allows);
  return allows;
}

function compileStatements(option: string, policy: Policy): Statement[] {
  checkNames(option, policy, ["version", "statement"]);
  checkValue(`${option}.version`, policy.version, VERSION);
  checkValue(`${option}.statement`, policy.statement, OBJECTS);
  return listOf(policy.statement).map((statement, index) =>
    compileStatement(`${option}.statement[${index}]`, statement),
  );
}

function compileStatement(option: string, value: unknown): Statement {
  checkNames(option, value, ["effect", "action", "resource", "condition"]);
  const { effect, action, resource, condition } = value as Record<string, unknown>;
  checkValue(`${option}.effect`, effect, EFFECT);
  checkValue(`${option}.action`, action, TEXTS);
  checkValue(`${option}.resource`, resource, TEXTS);
  const actions = listOf(action).map((text) => compileAction(`${option}.action`, String(text)));
  const resources = listOf(resource).map((text) => compileResource(`${option}.resource`, text));
  const conditions = condition === undefined ? [] : compileConditions(`${option}.condition`, condition);
  return {
    effect: effect as Statement["effect"],
    applies: (subject) =>
      actions.some((matches) => subject.actions.some(matches)) &&
      resources.some((covers) => covers(subject)) &&
      conditions.every((holds) => holds(subject)),
  };
}

/** Actions of other services are accepted and match nothing here. */
function compileAction(option: string, text: string): (action: string) => boolean {
  if (text === "*") return () => true;
  const parts = /^(?:name\/)?([a-z]+):([A-Za-z*]+)$/.exec(text);
  if (!parts) {
    const accepted = '"*" or name/cos:{action}, as name/cos:PutObject or name/cos:*';
    throw new OptionRangeError(option, `is ${JSON.stringify(text)}; accepted: ${accepted}`);
  }
  return parts[1] === "cos" ? wildcards(parts[2] ?? "") : () => false;
}

function compileConditions(option: string, condition: unknown): ((subject: PolicySubject) => boolean)[] {
  checkValue(option, condition, OBJECT);
  return Object.entries(condition as object).flatMap(([operator, values]) => {
    checkValue(`${option}.${operator}`, values, OBJECT);
    return compileOperator(`${option}.${operator}`, operator, values as object);
  });
}

const isObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === "string";
const isSome = (value: unknown, item: (one: unknown) => boolean): boolean =>
  item(value) || (Array.isArray(value) && value.length > 0 && value.every(item));

const VERSION: Rule = { accepted: '"2.0"', type: isText, range: (version: string) => version === "2.0" };
const OBJECT: Rule = { accepted: "an object", type: isObject };
const OBJECTS: Rule = {
  accepted: "a statement or an array of them",
  type: (value) => isSome(value, isObject),
};
const TEXTS: Rule = { accepted: "text or an array of texts", type: (value) => isSome(value, isText) };
const EFFECT: Rule = {
  accepted: '"allow" or "deny"',
  type: isText,
  range: (effect: string) => effect === "allow" || effect === "deny",
};
