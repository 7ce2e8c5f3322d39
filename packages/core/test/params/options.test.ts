import { expect, test } from "vitest";
import type { CosOptions } from "../../src/options.ts";
import { thrown } from "../support/caught.ts";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { answer, scriptedWire } from "../support/wire.ts";

const clock = new VirtualClock();

function refusalOf(options: object): unknown {
  return thrown(() => clientOf(scriptedWire(clock, []).runtime, clock, options as CosOptions));
}

test.each<[string, readonly unknown[]]>([
  ["Region", [5, "AP", "a b", "", "ap-guangzhou/", null]],
  ["SecretId", [5, "", "a b", null]],
  ["SecretKey", [5, "", "a b", null]],
  ["Token", [5, "a b", null]],
  ["credentials", ["a", {}, null]],
  ["Scheme", ["ftp", "HTTPS", 5]],
  ["Endpoint", [5, "no url", null]],
  ["backupDomain", ["no", 0, null]],
  ["maxAttempts", [0, 101, 1.5, "x", null]],
  ["memoryBudget", [0, 1024, 5 * 1024 ** 3, "x", null]],
])("createCos() refuses what %s cannot be", (name, values) => {
  for (const value of values) {
    const error = refusalOf({ [name]: value });
    expect(error instanceof TypeError || error instanceof RangeError, String(error)).toBe(true);
    expect((error as Error).message).toMatch(new RegExp(`^${name}: .{8,}`));
  }
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
    const wire = scriptedWire(clock, [answer(200, { etag: '"x-1"' })]);
    const cos = clientOf(wire.runtime, clock, { memoryBudget: memoryBudget as number });
    const size = Number(memoryBudget);
    const Body = new Blob([new Uint8Array(size)]);
    await clock.run(cos.putObject({ Bucket, Key, Body }));
    expect(wire.sent[0]?.body).toHaveLength(size);
  },
);

test("a part larger than a memoryBudget that was asked for is refused by name", async () => {
  const cos = clientOf(scriptedWire(clock, []).runtime, clock, { memoryBudget: 1024 * 1024 });
  const Body = new Blob([new Uint8Array(2 * 1024 * 1024)]);
  await expect(clock.run(cos.putObject({ Bucket, Key, Body, PartSize: 2 }))).rejects.toThrow(
    /^memoryBudget: of 1048576 bytes/,
  );
});
