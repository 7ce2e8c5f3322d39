import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CosClient, type CosOptions } from "@cosup/core";
import { startEmulator } from "@cosup/emulator";
import { createCos } from "@cosup/node";
import { describe, expect, test } from "vitest";
import { createContext } from "../../packages/core/src/client-context.ts";
import { systemClock } from "../../packages/core/src/runtime/clock.ts";
import { createNodeRuntime } from "../../packages/node/src/runtime.ts";
import { CANARY, Sweep } from "./canaries.ts";

const { secretId: SecretId, secretKey: SecretKey, token: Token } = CANARY;
const KEYS = { SecretId, SecretKey, Token };
const Bucket = "secrets-1250000000";
const Region = "ap-guangzhou";

/** Mistakes of callers with a secret: not a string, not text, the wrong place, the wrong name. */
const MISTAKES: Readonly<Record<string, (secret: string) => unknown>> = {
  "an object": (secret) => ({ value: secret }),
  "an array": (secret) => [secret],
  "a function": (secret) => () => secret,
  bytes: (secret) => Buffer.from(secret),
  "text with a line break": (secret) => `${secret}\n`,
  "text with a space": (secret) => `${secret} ${secret}`,
  "text that is not ASCII": (secret) => `${secret}é`,
  "text that is not Unicode": (secret) => `${secret}\ud800`,
};

const OPTIONS = ["SecretId", "SecretKey", "Token", "credentials", "Region", "Endpoint", "Scheme"] as const;

const wrongOptions = OPTIONS.flatMap((option) =>
  Object.entries(MISTAKES).map(([what, spoil]) => [option, what, spoil(SecretKey)] as const),
);

/** The error of creating a client, or of its first call. */
async function failureWith(options: object): Promise<unknown> {
  try {
    const client = createCos({ Region, maxAttempts: 1, ...options } as CosOptions);
    return await client.headObject({ Bucket, Key: "k" }).finally(() => client.close());
  } catch (error) {
    return error;
  }
}

function expectNoHit(where: string, ...values: unknown[]): void {
  const sweep = new Sweep();
  for (const value of values) sweep.addValue(where, value);
  expect(sweep.hits()).toEqual([]);
}

describe("a wrong option is refused without being repeated", () => {
  test.each(wrongOptions)("%s: %s", async (option, _, value) => {
    // The others are right, but for those that it excludes.
    const others = option === "credentials" ? {} : KEYS;
    const error = await failureWith({ Endpoint: "http://127.0.0.1:1/{Bucket}", ...others, [option]: value });
    // A function is what `credentials` wants; what this one gives is wrong.
    expect(error).toBeInstanceOf(Error);
    expect(error).toHaveProperty("parameter");
    expectNoHit(option, error);
  });

  test.each<[string, object]>([
    ["a name that is misspelt", { ...KEYS, secretkey: SecretKey }],
    ["half a pair", { SecretKey }],
    ["the other half", { SecretId, Token }],
    ["two kinds of credentials", { ...KEYS, credentials: () => KEYS }],
    ["a provider that gives half a pair", { credentials: () => ({ SecretKey, SecretId: "" }) }],
    [
      "a provider that gives an object of another shape",
      { credentials: async () => ({ credentials: KEYS }) },
    ],
    ["a provider that gives text", { credentials: async () => SecretKey }],
    [
      "a provider that gives a spoilt key",
      { credentials: async () => ({ ...KEYS, SecretKey: `${SecretKey}\r` }) },
    ],
    ["a provider that gives a spoilt token", { credentials: async () => ({ ...KEYS, Token: `${Token}\r` }) }],
  ])("%s", async (what, options) => {
    const error = await failureWith(options);
    expect(error).toHaveProperty("parameter");
    expectNoHit(what, error);
  });
});

describe("a printed client shows none of its secrets", () => {
  test.each<[string, CosOptions]>([
    ["with keys", KEYS],
    ["with a provider", { credentials: () => KEYS }],
  ])("%s, before and after it has signed", async (what, keys) => {
    const runtime = createNodeRuntime();
    const options = { Region, ...keys };
    const context = createContext(runtime, options, systemClock);
    const core = new CosClient(runtime, options);
    const client = createCos(options);
    expectNoHit(what, client, core, runtime, context);
    const urls = await Promise.all(
      [client, core].map((each) => each.getPresignedUrl({ Bucket, Key: "k", Method: "GET" })),
    );
    expect(urls.every((url) => url.includes("q-signature="))).toBe(true);
    await context.signer.authorization(await context.credentials.get(), {
      method: "GET",
      pathname: "/",
      query: [],
      headers: [],
      keyTime: "1;2",
    });
    expectNoHit(what, client, core, runtime, context, Object.values(context));
    await client.close();
    await core.close();
  });
});

test("a presigned URL goes to its caller and nowhere else", async () => {
  const data = await mkdtemp(join(tmpdir(), "cosup-presigned-"));
  const log: string[] = [];
  const emulator = await startEmulator({
    data,
    buckets: [Bucket],
    credentials: [CANARY],
    log: (line) => log.push(line),
  });
  const sweep = new Sweep();
  const stop = sweep.listen();
  const client = createCos({ Region, Endpoint: `${emulator.url}/{Bucket}`, ...KEYS });
  const object = { Bucket, Key: "presigned" };
  const put = await client.getPresignedUrl({ ...object, Method: "PUT" });
  expect(put).toContain(encodeURIComponent(Token));
  expect(put).not.toContain(SecretKey);
  expect((await fetch(put, { method: "PUT", body: "x" })).status).toBe(200);
  // Used for another request than the signed one: the refusal contains the request as the service read it.
  const refused = await fetch(put, { method: "POST", body: "x" });
  expect(refused.status).toBeGreaterThanOrEqual(400);
  expect((await fetch(`${put}0`, { method: "PUT", body: "x" })).status).toBe(403);
  stop();
  sweep.add("the emulator's log", log.join("\n"));
  sweep.addFiles("the emulator's data", data);
  sweep.addValue("client", client);
  expect([log.length, sweep.signatures > 0]).toEqual([3, true]);
  expect(sweep.hits()).toEqual([]);
  await client.close();
  await emulator.close();
  await rm(data, { recursive: true, force: true });
});
