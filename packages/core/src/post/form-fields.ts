import { ArgumentRangeError } from "../errors.ts";
import { texts } from "../params/checks.ts";
import { checkKey, checkKeyPrefix } from "../params/key.ts";

/** COS replaces it in the field `key` with the name of the file. */
export const FILE_NAME = "\x24{filename}";

/** The fields that are made of other parameters, or by signing. */
const MADE = /^(key|file|policy|bucket|q-.*|x-cos-security-token|content-type|success_action_status)$/i;

/** Checks the one key of a form. */
export function checkPostKey(value: unknown, parameter: string): void {
  checkKey(value, parameter);
  refuseFileName(String(value), parameter);
}

/** Checks what the keys of a form begin with. */
export function checkPostPrefix(value: unknown, parameter: string): void {
  checkKeyPrefix(value, parameter);
  if (value === "")
    throw new ArgumentRangeError(
      parameter,
      "must not be empty: the form could replace every object of the bucket",
    );
  refuseFileName(String(value), parameter);
}

/** Checks fields that a caller adds to a form. */
export function checkFields(value: unknown, parameter: string): void {
  texts(value, parameter);
  for (const name of Object.keys(value as object)) {
    if (MADE.test(name)) {
      throw new ArgumentRangeError(parameter, `must not have '${name}', which is made of other parameters`);
    }
  }
}

/** Checks the status that a form asks for. */
export function checkStatus(value: unknown, parameter: string): void {
  if (!["200", "201", "204"].includes(String(value)))
    throw new ArgumentRangeError(parameter, "must be 200, 201 or 204");
}

/** A policy compares the key with the name of the file in it: the form would never be accepted. */
function refuseFileName(text: string, parameter: string): void {
  if (!text.includes(FILE_NAME)) return;
  throw new ArgumentRangeError(
    parameter,
    `must not contain ${FILE_NAME}, which COS replaces: use KeyPrefix, which appends it`,
  );
}
