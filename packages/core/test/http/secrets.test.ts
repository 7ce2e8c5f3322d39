import { inspect } from "node:util";
import { expect, test } from "vitest";
import type { CosOptions } from "../../src/options.ts";
import { caught, thrown } from "../support/caught.ts";
import { Bucket, clientOf, Key, SecretId, SecretKey } from "../support/client.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { Broken, cosResponse, proxyResponse, refusal, type Step, scriptedWire } from "../support/wire.ts";

const Token = "canaryToken0123456789";
const CANARIES = [SecretId, SecretKey, Token, "q-signature="];

function expectNoSecret(value: unknown): void {
  const error = value as Error;
  const texts = [
    String(error),
    error.stack ?? "",
    inspect(error, { depth: 10, showHidden: true }),
    JSON.stringify(error),
    JSON.stringify(error, Object.getOwnPropertyNames(error)),
  ];
  for (const text of texts) for (const canary of CANARIES) expect(text).not.toContain(canary);
}

const failures: readonly [string, () => readonly Step[]][] = [
  ["a refusal", () => [refusal(403, "SignatureDoesNotMatch", "The signature is wrong.")]],
  ["a refusal of a proxy", () => [proxyResponse(403), proxyResponse(403), proxyResponse(403)]],
  ["a failed connect", () => [new Broken("connect"), new Broken("connect")]],
  ["a reset", () => [new Broken("reset"), new Broken("reset")]],
  ["a timeout", () => ["hang", "hang"]],
  ["a response with the wrong document", () => [cosResponse(200, {}, "<Wrong/>")]],
  ["a 200 that holds an error", () => [cosResponse(200, {}, "<Error><Code>AccessDenied</Code></Error>")]],
];

test.each(failures)("the error of %s contains no key, token or signature", async (_, steps) => {
  const clock = new VirtualClock();
  const wire = scriptedWire(clock, steps());
  const cos = clientOf(wire.runtime, clock, { SecretId, SecretKey, Token, maxAttempts: 3 });
  expectNoSecret(await caught(clock.run(cos.listParts({ Bucket, Key, UploadId: "u" }))));
  expect(wire.sent[0]?.headers["x-cos-security-token"]).toBe(Token);
});

test.each<[string, CosOptions]>([
  ["a wrong SecretKey", { SecretId, SecretKey: `${SecretKey}\n` }],
  ["a missing SecretId", { SecretKey, SecretId: "" }],
  ["a wrong Token", { SecretId, SecretKey, Token: `${Token}\r\n` }],
  ["both kinds of credentials", { SecretId, SecretKey, credentials: () => ({ SecretId, SecretKey }) }],
])("the error of %s does not repeat it", (_, options) => {
  const clock = new VirtualClock();
  expectNoSecret(thrown(() => clientOf(scriptedWire(clock, []).runtime, clock, options)));
});

test("a client shows no secret to inspect() or JSON", () => {
  const clock = new VirtualClock();
  const cos = clientOf(scriptedWire(clock, []).runtime, clock, { SecretId, SecretKey, Token });
  for (const text of [inspect(cos, { depth: 10, showHidden: true }), JSON.stringify(cos)]) {
    for (const canary of CANARIES) expect(text).not.toContain(canary);
  }
});
