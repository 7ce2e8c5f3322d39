import { expect, test } from "vitest";
import type { EmulatorCredentials } from "../../src/index.ts";
import { withDefaults } from "../../src/options.ts";

const STATEMENT = { effect: "allow", action: "name/cos:PutObject", resource: "*" };
const policy = (statement: unknown): unknown => ({ version: "2.0", statement });
const under = (condition: unknown): unknown => policy({ ...STATEMENT, condition });

/** The message with which the emulator refuses to start. */
function refusal(wrong: unknown): string {
  const pair = { secretId: "id", secretKey: "key", policy: wrong } as EmulatorCredentials;
  try {
    withDefaults({ data: "unused", buckets: ["a-1"], credentials: [pair] });
  } catch (error) {
    return String(error);
  }
  return "started";
}

test.each<[string, unknown, string]>([
  ["text", "{}", ".policy: is"],
  ["no version", { statement: STATEMENT }, '.policy.version: is missing; accepted: "2.0"'],
  ["another version", { version: "2012-10-17", statement: STATEMENT }, '.version: is "2012-10-17"'],
  ["no statement", { version: "2.0" }, ".policy.statement: is missing"],
  ["no statements", policy([]), ".policy.statement: is []"],
  ["capitals", { version: "2.0", Statement: [STATEMENT] }, ".policy.Statement: is not known"],
  [
    "a principal",
    policy([STATEMENT, { ...STATEMENT, principal: {} }]),
    ".statement[1].principal: is not known",
  ],
  [
    "another effect",
    policy({ ...STATEMENT, effect: "Allow" }),
    '.effect: is "Allow"; accepted: "allow" or "deny"',
  ],
  ["no action", policy({ effect: "allow", resource: "*" }), ".statement[0].action: is missing"],
  [
    "an odd action",
    policy({ ...STATEMENT, action: "PutObject" }),
    '.action: is "PutObject"; accepted: "*" or name/',
  ],
  ["no resource", policy({ effect: "allow", action: "*" }), ".statement[0].resource: is missing"],
  [
    "a path",
    policy({ ...STATEMENT, resource: "a-1/*" }),
    '.resource: is "a-1/*"; accepted: "*" or qcs::cos:',
  ],
  ["another service", policy({ ...STATEMENT, resource: "qcs::cvm:::*" }), ".resource: is"],
  ["an odd account", policy({ ...STATEMENT, resource: "qcs::cos::1250000000:a-1/*" }), ".resource: is"],
  ["a list of conditions", under([]), ".condition: is []; accepted: an object"],
  ["an unknown operator", under({ StringEquals: {} }), ".StringEquals: is no operator"],
  ["an unknown key", under({ string_equal: { "cos:nothing": "x" } }), '["cos:nothing"]: cannot be evaluated'],
  [
    "a VPC",
    under({ string_equal: { "vpc:requester_vpc": "vpc-1" } }),
    '["vpc:requester_vpc"]: cannot be evaluated',
  ],
  [
    "another type",
    under({ string_equal: { "cos:content-length": "1" } }),
    "is of type numeric, and the operator",
  ],
  [
    "no number",
    under({ numeric_equal: { "cos:content-length": "1 MB" } }),
    'is "1 MB", which is not of type numeric',
  ],
  ["no address", under({ ip_equal: { "qcs:ip": "10.0.0.256" } }), 'is "10.0.0.256", which is not of type ip'],
  ["no range", under({ ip_equal: { "qcs:ip": "10.0.0.0/33" } }), 'is "10.0.0.0/33"'],
  ["no boolean", under({ bool_equal: { "cos:secure-transport": "yes" } }), 'is "yes"'],
  ["an object", under({ string_equal: { "cos:prefix": {} } }), "accepted: text, a number"],
  ["a bare slash", under({ string_equal: { "cos:prefix": "doc/" } }), "URL-encoded"],
])("%s is refused when the emulator starts", (_name, wrong, message) => {
  expect(refusal(wrong)).toContain(message);
  expect(refusal(wrong)).toMatch(/^Option(?:Type|Range)Error: credentials\[0\]\.policy/);
});

test("a valid policy is accepted", () => {
  expect(refusal(policy(STATEMENT))).toBe("started");
  expect(refusal(under({ numeric_less_than_if_exist: { "cos:content-length": 5 } }))).toBe("started");
});
