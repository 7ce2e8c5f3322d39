import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEmulator, OptionRangeError, OptionTypeError, startEmulator } from "../src/index.ts";
import { withDefaults } from "../src/options.ts";

const SECRET = "the-secret-that-no-message-shows";
const circular: Record<string, unknown> = {};
circular.self = circular;
/** No option accepts them. */
const WRONG: readonly (readonly [string, unknown])[] = [
  ["null", null],
  ["NaN", Number.NaN],
  ["a bigint", 5n],
  ["a symbol", Symbol("x")],
  ["a circle", circular],
  ["a Date", new Date(0)],
  ["a list in a list", [[5]]],
];
const NAMES = ["data", ...Object.keys(withDefaults({}))].filter((name, at, all) => all.indexOf(name) === at);

/** What a start with one wrong option fails with. */
async function refusal(options: Record<string, unknown>): Promise<Error & { option?: string }> {
  const error = await startEmulator(options as never).then(
    async (running) => {
      await running.close();
      return new Error("it started");
    },
    (thrown: Error) => thrown,
  );
  expect(() => createEmulator(options as never)).toThrow(error.message);
  return error;
}

describe("every option names itself and what it accepts", () => {
  test.each(NAMES)("%s", async (name) => {
    for (const [kind, value] of WRONG) {
      // A script has errors of its own, which name the instruction.
      if (name === "faults" && kind === "a list in a list") continue;
      const error = await refusal({ [name]: value });
      expect([kind, error.message]).toEqual([kind, expect.stringContaining("accepted: ")]);
      expect([kind, error.option]).toEqual([
        kind,
        expect.stringMatching(new RegExp(`^${name}(\\[0\\]|\\.|$)`)),
      ]);
      expect([OptionTypeError, OptionRangeError]).toContain(error.constructor);
    }
  });

  test.each(NAMES)("%s with one letter wrong", async (name) => {
    const error = await refusal({ [`${name}x`]: true });
    expect(error).toMatchObject({ name: "OptionTypeError", option: `${name}x` });
    expect(error.message).toContain(`did you mean '${name}'?`);
  });
});

const PAIR = { secretId: "ID", secretKey: SECRET };
const pair = (more: object): object => ({ credentials: [PAIR, { ...PAIR, ...more }] });
const policy = (statement: object): object => pair({ policy: { version: "2.0", statement } });
const ALLOW = { effect: "allow", action: "*", resource: "*" };

describe("what is wrong inside an option is named by its path", () => {
  test.each<[string, object, string, string]>([
    ["a bucket", { buckets: ["a-1", 5] }, "buckets[1]", "is 5; accepted: a name of the form name-appid"],
    ["a hole", { buckets: ["a-1", undefined] }, "buckets[1]", "is missing"],
    ["a middleware", { middleware: [() => {}, true] }, "middleware[1]", "is true; accepted: a function"],
    ["a host", { controlHosts: ["a.test", ""] }, "controlHosts[1]", 'is ""; accepted: a host name'],
    ["no certificate", { tls: { key: SECRET } }, "tls.cert", "is missing; accepted: text of the form PEM"],
    ["a key as bytes", { tls: { key: Buffer.from(SECRET), cert: "c" } }, "tls.key", "is of type object"],
    ["a file of TLS", { tls: { key: "k", cart: "c" } }, "tls.cart", "did you mean 'cert'?"],
    ["a name of S3", pair({ secretkey: "x" }), "credentials[1].secretkey", "did you mean 'secretKey'?"],
    ["a token", pair({ token: 5 }), "credentials[1].token", "is of type number"],
    ["no key pair", { credentials: [PAIR, null] }, "credentials[1]", "is of type null"],
    ["a policy", pair({ policy: { statement: [] } }), "credentials[1].policy.version", "is missing"],
    ["a statement", policy({ ...ALLOW, efect: 1 }), "credentials[1].policy.statement[0].efect", "'effect'"],
    [
      "an operator",
      policy({ ...ALLOW, condition: { string_equals: { "cos:prefix": "a" } } }),
      "credentials[1].policy.statement[0].condition.string_equals",
      "did you mean 'string_equal'?",
    ],
    [
      "a condition key",
      policy({ ...ALLOW, condition: { string_equal: { "cos:prefx": "a" } } }),
      'credentials[1].policy.statement[0].condition.string_equal["cos:prefx"]',
      "did you mean 'cos:prefix'?",
    ],
  ])("%s", async (_, options, path, message) => {
    const error = await refusal({ ...options });
    expect(error).toMatchObject({ option: path });
    expect(error.message).toContain(message);
    expect(error.message).not.toContain(SECRET);
  });

  test.each<[string, object, string]>([
    ["an operation", { op: "UploadParts", when: "before-accept", fault: "reset" }, "'UploadPart'"],
    ["a moment", { op: "*", when: "before-acept", fault: "reset" }, "'before-accept'"],
    ["a fault", { op: "*", when: "before-accept", fault: "rest" }, "'reset'"],
    ["a parameter", { op: "*", when: "before-accept", fault: { kind: "delay", Ms: 5 } }, "'ms'"],
    ["a field", { op: "*", when: "before-accept", falt: "reset" }, "'fault'"],
  ])("%s of a fault script", async (_, instruction, meant) => {
    const error = await refusal({ faults: [instruction] });
    expect(error).toMatchObject({ name: "FaultScriptError", field: expect.stringMatching(/^\[0\]\./) });
    expect(error.message).toContain(`did you mean ${meant}?`);
  });
});

describe("what the methods take", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cos-emulator-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each<[string, string, (emulator: Awaited<ReturnType<typeof startEmulator>>) => unknown]>([
    ["timeout", "did you mean 'timeoutMs'?", ({ waitFor }) => waitFor({}, { timeout: 5 } as never)],
    ["signal", "accepted: an AbortSignal", ({ waitFor }) => waitFor({}, { signal: {} } as never)],
    ["match.partnumber", "did you mean 'partNumber'?", ({ waitFor }) => waitFor({ partnumber: 1 } as never)],
    ["buckets", "did you mean 'bucket'?", ({ seed }) => seed(folder, { buckets: "a-1" } as never)],
    ["bucket", "accepted: the name of a bucket", ({ seed }) => seed(folder, { bucket: 5 } as never)],
    ["snapshot", "accepted: what snapshot()", ({ restore }) => restore({} as never)],
  ])("%s: %s", async (option, message, call) => {
    const emulator = await startEmulator();
    try {
      const thrown = await Promise.resolve(call(emulator)).catch((error: unknown) => error);
      expect(thrown).toMatchObject({ option });
      expect(String(thrown)).toContain(message);
    } finally {
      await emulator.close();
    }
  });
});

test("the name of a run is text", async () => {
  const emulator = await startEmulator({ faults: true });
  expect(() => emulator.faults.install(undefined as never, [])).toThrow(/^run: must be/);
  await emulator.close();
});
