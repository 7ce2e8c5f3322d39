import { compilePolicy } from "../auth/policy/compile-policy.ts";
import type { EmulatorCredentials } from "../types.ts";
import { checkNames, checkValue, type Rule } from "./option-errors.ts";

const ID: Rule = {
  accepted: "printable ASCII text without spaces and &",
  type: (value) => typeof value === "string",
  range: (text: string) => /^[\x21-\x25\x27-\x7e]+$/.test(text),
};
const SECRET: Rule = {
  accepted: "text that is not empty",
  type: (value) => typeof value === "string",
  range: (text: string) => text !== "",
  secret: true,
};
const TIME: Rule = {
  accepted: "a Date, or milliseconds since the epoch",
  type: (value) => (typeof value === "number" || value instanceof Date) && !Number.isNaN(Number(value)),
  // STS responds with seconds. As milliseconds, those of 2001 and later are days in 1970 to 1973.
  range: (time: number | Date) => typeof time !== "number" || time < 1e9 || time >= 1e11,
};

const RULES: Readonly<Record<keyof EmulatorCredentials, Rule>> = {
  secretId: ID,
  secretKey: SECRET,
  token: SECRET,
  expiresAt: TIME,
  policy: {
    accepted: "{ version, statement }",
    type: (value) => typeof value === "object" && value !== null,
  },
};

/** Checks one key pair. No message contains a secret. */
export function checkCredentials(option: string, pair: EmulatorCredentials): void {
  checkNames(option, pair, Object.keys(RULES));
  checkValue(`${option}.secretId`, pair.secretId, RULES.secretId);
  checkValue(`${option}.secretKey`, pair.secretKey, RULES.secretKey);
  if (pair.token !== undefined) checkValue(`${option}.token`, pair.token, RULES.token);
  if (pair.expiresAt !== undefined) checkValue(`${option}.expiresAt`, pair.expiresAt, RULES.expiresAt);
  if (pair.policy === undefined) return;
  checkValue(`${option}.policy`, pair.policy, RULES.policy);
  compilePolicy(pair.policy, `${option}.policy`);
}
