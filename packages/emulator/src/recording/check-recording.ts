import { checkValue, isPlainObject, type Rule } from "../options/option-errors.ts";
import { isOperationName } from "../request/operation.ts";
import type { Recording } from "./recording.ts";

const isText = (value: unknown): boolean => typeof value === "string";
const isNumber = (value: unknown): boolean => typeof value === "number";

const OBJECT: Rule = { accepted: "an object", type: isPlainObject };
const RECORDING: Rule = { accepted: "what record() of an emulator has recorded", type: isPlainObject };
const VERSION: Rule = { accepted: "1", type: isNumber, range: (version: number) => version === 1 };
const LIST: Rule = { accepted: "an array", type: Array.isArray };
const COUNT: Rule = {
  accepted: "a whole number, 1 or more",
  type: isNumber,
  range: (count: number) => Number.isInteger(count) && count >= 1,
};
const OPERATION: Rule = { accepted: "an operation by COS's name", type: isOperationName };
const KEY: Rule = { accepted: "text", type: isText };

/** Throws an error that names the first wrong field. Fields that a later version adds are ignored. */
export function checkRecording(recording: unknown): asserts recording is Recording {
  checkValue("recording", recording, RECORDING);
  const { version, exchanges } = recording as Record<string, unknown>;
  checkValue("recording.version", version, VERSION);
  checkValue("recording.exchanges", exchanges, LIST);
  for (const [index, exchange] of (exchanges as unknown[]).entries()) {
    checkExchange(`recording.exchanges[${index}]`, exchange);
  }
}

function checkExchange(at: string, exchange: unknown): void {
  checkValue(at, exchange, OBJECT);
  const fields = exchange as Record<string, unknown>;
  checkValue(`${at}.order`, fields.order, COUNT);
  checkValue(`${at}.attempt`, fields.attempt, COUNT);
  checkValue(`${at}.request`, fields.request, OBJECT);
  checkValue(`${at}.faults`, fields.faults, { ...LIST, items: OBJECT });
  for (const [index, { fault }] of (fields.faults as { readonly fault?: unknown }[]).entries()) {
    checkValue(`${at}.faults[${index}].fault`, fault, OBJECT);
  }
  if (fields.operation !== undefined) checkValue(`${at}.operation`, fields.operation, OPERATION);
  if (fields.key !== undefined) checkValue(`${at}.key`, fields.key, KEY);
  if (fields.partNumber !== undefined) checkValue(`${at}.partNumber`, fields.partNumber, COUNT);
  if (fields.response !== undefined) checkValue(`${at}.response`, fields.response, OBJECT);
}
