import { BlockList, isIP } from "node:net";
import { hintFor } from "../../options/nearest.ts";
import { OptionRangeError, OptionTypeError } from "../../options/option-errors.ts";
import { wildcards } from "../../request/wildcards.ts";
import { CONDITION_KEYS, type ConditionKey, type ConditionType } from "./condition-keys.ts";
import { listOf, type PolicySubject } from "./policy.ts";

interface Operator {
  readonly type: ConditionType;
  /** Makes a test of one value. Undefined: the value has not the type. */
  readonly compile: (value: string) => ((fact: string) => boolean) | undefined;
  /** Holds if the value fits none of the list. */
  readonly negated?: true;
}

const text = (compile: (value: string) => (fact: string) => boolean): Operator => ({
  type: "string",
  compile,
});

const numeric = (compare: (fact: number, value: number) => boolean): Operator => ({
  type: "numeric",
  compile: (value) =>
    value.trim() !== "" && Number.isFinite(Number(value))
      ? (fact) => compare(Number(fact), Number(value))
      : undefined,
});

const equal = text((value) => (fact) => fact === value);
const numericEqual = numeric((fact, value) => fact === value);
const ipEqual: Operator = { type: "ip", compile: compileAddress };

/** The operators of COS. Each also exists with `_if_exist` at its end. */
const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ["string_equal", equal],
  ["string_not_equal", { ...equal, negated: true }],
  ["string_like", text((value) => wildcards(value))],
  ["numeric_equal", numericEqual],
  ["numeric_not_equal", { ...numericEqual, negated: true }],
  ["numeric_greater_than", numeric((fact, value) => fact > value)],
  ["numeric_greater_than_equal", numeric((fact, value) => fact >= value)],
  ["numeric_less_than", numeric((fact, value) => fact < value)],
  ["numeric_less_than_equal", numeric((fact, value) => fact <= value)],
  ["ip_equal", ipEqual],
  ["ip_not_equal", { ...ipEqual, negated: true }],
  [
    "bool_equal",
    {
      type: "boolean",
      compile: (value) => (/^(?:true|false)$/.test(value) ? (fact) => fact === value : undefined),
    },
  ],
]);

/** Whether all conditions of an operator hold for a request. Throws an error that names what is unknown. */
export function compileOperator(
  option: string,
  name: string,
  values: object,
): ((subject: PolicySubject) => boolean)[] {
  const operator = OPERATORS.get(name.replace(/_if_exist$/, ""));
  if (!operator) {
    const known = [...OPERATORS.keys()].join(", ");
    const message = `is no operator of COS; accepted: ${known}, each also with _if_exist`;
    throw new OptionRangeError(option, message + hintFor(name, OPERATORS.keys()));
  }
  return Object.entries(values).map(([keyName, value]) => {
    const tests = compileValues(`${option}["${keyName}"]`, keyName, value, operator);
    return (subject) => {
      const fact = subject.fact(keyName);
      if (fact === undefined) return name.endsWith("_if_exist");
      return tests.some((test) => test(fact)) !== (operator.negated ?? false);
    };
  });
}

function compileValues(
  at: string,
  keyName: string,
  value: unknown,
  operator: Operator,
): readonly ((fact: string) => boolean)[] {
  const key = CONDITION_KEYS.get(keyName);
  if (!key) {
    const known = [...CONDITION_KEYS.keys()].join(", ");
    const message = `cannot be evaluated by the emulator; accepted: ${known}`;
    throw new OptionRangeError(at, message + hintFor(keyName, CONDITION_KEYS.keys()));
  }
  if (key.type !== operator.type) {
    throw new OptionRangeError(at, `is of type ${key.type}, and the operator compares ${operator.type}`);
  }
  return listOf(value).map((one) => compileValue(at, one, key, operator));
}

function compileValue(
  at: string,
  value: unknown,
  key: ConditionKey,
  operator: Operator,
): (fact: string) => boolean {
  if (!["string", "number", "boolean"].includes(typeof value)) {
    throw new OptionTypeError(at, "accepted: text, a number, true, false, or an array of them");
  }
  const written = String(value);
  if (key.encoded && /[^A-Za-z0-9\-_.~%*]/.test(written)) {
    throw new OptionRangeError(at, `is "${written}"; COS compares it URL-encoded, as folder%2F`);
  }
  const test = operator.compile(written);
  if (!test) throw new OptionRangeError(at, `is "${written}", which is not of type ${operator.type}`);
  return test;
}

/** An address, or a range as 10.0.0.0/8. */
function compileAddress(value: string): ((fact: string) => boolean) | undefined {
  const [, address = "", , bits] = /^([^/]*)(\/(\d{1,3}))?$/.exec(value) ?? [];
  const family = isIP(address);
  const most = family === 4 ? 32 : 128;
  if (family === 0 || Number(bits ?? 0) > most) return undefined;
  const list = new BlockList();
  list.addSubnet(address, Number(bits ?? most), `ipv${family as 4 | 6}`);
  return (fact) => isIP(fact) !== 0 && list.check(fact, `ipv${isIP(fact) as 4 | 6}`);
}
