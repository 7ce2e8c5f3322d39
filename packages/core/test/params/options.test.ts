import { expect, test } from "vitest";
import { CosClient } from "../../src/client.ts";
import type { CosOptions } from "../../src/options.ts";
import { thrown } from "../support/caught.ts";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { cosResponse, scriptedWire } from "../support/wire.ts";

const clock = new VirtualClock();

function refusalOf(options: object): unknown {
  return thrown(() => clientOf(scriptedWire(clock, []).runtime, clock, options as CosOptions));
}

test.each<[string, readonly unknown[]]>([
  ["Region", [5, "AP", "a b", "", "ap-guangzhou/", null]],
  ["SecretId", [5, "", "a b", null]],
  ["SecretKey", [5, "", "a b", null]],
  ["Token", [5, "a b"]],
  ["credentials", ["a", {}]],
  ["Scheme", ["ftp", "HTTPS", 5]],
  ["Endpoint", [5, "no url"]],
  ["backupDomain", ["no", 0]],
  ["maxAttempts", [0, 101, 1.5, "x"]],
  ["responseTimeoutMs", [0, -1, 1.5, 2 ** 31, "1s"]],
  ["timeoutMs", [0, -1, 1.5, 2 ** 31, "1s"]],
  ["memoryBudget", [0, 1024, 5 * 1024 ** 3, "x"]],
  ["onRequest", ["log", {}, true]],
  ["onRetry", ["log", {}, true]],
  ["inferContentType", ["no", 0, {}]],
  ["bandwidthLimit", [0, 16_383, 20_000.5, "fast", 2 ** 41]],
  ["checkpoints", ["", 0, {}, new URL("https://a/")]],
])("createCos() refuses what %s cannot be", (name, values) => {
  for (const value of values) {
    const error = refusalOf({ [name]: value });
    expect(error instanceof TypeError || error instanceof RangeError, String(error)).toBe(true);
    expect((error as Error).message).toMatch(new RegExp(`^${name}: .{8,}`));
  }
});

test("createCos() takes null for an option that is not given", () => {
  const nothing = {
    Token: null,
    credentials: null,
    Scheme: null,
    Endpoint: null,
    backupDomain: null,
    maxAttempts: null,
    responseTimeoutMs: null,
    timeoutMs: null,
    memoryBudget: null,
  };
  const { runtime } = scriptedWire(clock, []);
  const keys = { Region: "ap-guangzhou", SecretId: "id", SecretKey: "key" };
  expect(
    () => new CosClient(runtime, { ...keys, ...(nothing as unknown as CosOptions) }, clock),
  ).not.toThrow();
});

test("the error of a wrong PartSize has the unit", async () => {
  const cos = clientOf(scriptedWire(clock, []).runtime, clock);
  await expect(cos.uploadFile({ Bucket, Key, Body: "x", PartSize: 1_048_576 })).rejects.toThrow(
    "PartSize: must be a whole number of MB (1048576 bytes), from 1 to 5120, not 1048576",
  );
});

test("createCos() refuses an unknown option, and lists the known ones", () => {
  expect(refusalOf({ region: "ap-guangzhou" })).toMatchObject({ name: "TypeError", parameter: "region" });
  expect(String(refusalOf({ region: "ap-guangzhou" }))).toContain("Region, SecretId");
});

test("createCos() refuses two kinds of credentials at once", () => {
  const credentials = () => ({ SecretId: "i", SecretKey: "k" });
  expect(refusalOf({ credentials, SecretId: "i" })).toMatchObject({ parameter: "credentials" });
});

test.each([1024 * 1024, "2097152", 1_500_001])(
  "a part as large as a memoryBudget of %j fits",
  async (memoryBudget) => {
    const wire = scriptedWire(clock, [cosResponse(200, { etag: '"x-1"' })]);
    const cos = clientOf(wire.runtime, clock, { memoryBudget: memoryBudget as number });
    const size = Number(memoryBudget);
    const Body = new Blob([new Uint8Array(size)]);
    await clock.run(cos.putObject({ Bucket, Key, Body }));
    expect(wire.sent[0]?.body).toHaveLength(size);
  },
);

test("a part larger than a given memoryBudget is refused by name", async () => {
  const cos = clientOf(scriptedWire(clock, []).runtime, clock, { memoryBudget: 1024 * 1024 });
  const Body = new Blob([new Uint8Array(2 * 1024 * 1024)]);
  await expect(clock.run(cos.putObject({ Bucket, Key, Body, PartSize: 2 }))).rejects.toThrow(
    /^memoryBudget: of 1048576 bytes/,
  );
});
