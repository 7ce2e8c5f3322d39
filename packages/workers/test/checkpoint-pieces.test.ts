import { serialize } from "node:v8";
import { expect, test } from "vitest";
import { durableObjectCheckpoints } from "../src/checkpoints/durable-object-checkpoints.ts";
import type { CheckpointStorage } from "../src/checkpoints/storage.ts";

/** The limits of the key-value backend in production, which miniflare does not enforce. */
const VALUE_BYTES = 128 * 1024;
const KEY_BYTES = 2048;
const KEYS_AT_ONCE = 128;

/** A storage that refuses what production refuses. */
function strictStorage(): CheckpointStorage & { readonly size: () => number } {
  const values = new Map<string, unknown>();
  const atMost = (keys: readonly string[]): void => {
    if (keys.length > KEYS_AT_ONCE) throw new RangeError(`${keys.length} keys at once`);
    for (const key of keys) {
      if (Buffer.byteLength(key) > KEY_BYTES)
        throw new RangeError(`a key of ${Buffer.byteLength(key)} bytes`);
    }
  };
  const read = async (keys: string | string[]): Promise<unknown> => {
    if (typeof keys === "string") return values.get(keys);
    atMost(keys);
    return new Map(keys.filter((key) => values.has(key)).map((key) => [key, values.get(key)]));
  };
  return {
    get: read as CheckpointStorage["get"],
    put: async (entries) => {
      atMost(Object.keys(entries));
      for (const [key, value] of Object.entries(entries)) {
        const { length } = serialize(value);
        if (length > VALUE_BYTES) throw new RangeError(`a value of ${length} bytes`);
        values.set(key, value);
      }
    },
    delete: async (keys) => {
      atMost(keys);
      return keys.filter((key) => values.delete(key)).length;
    },
    size: () => values.size,
  };
}

const part = { etag: "0123456789abcdef0123456789abcdef", crc64: "18446744073709551615", size: 5_000_000_000 };

test.each([
  ["one byte a character", "folder/object.bin"],
  ["two bytes a character", "目录/文件".repeat(200)],
])("a checkpoint of 10 000 parts keeps within the limits of the storage: %s", async (_text, Key) => {
  const storage = strictStorage();
  const checkpoints = durableObjectCheckpoints(storage);
  const parts = Array.from({ length: 10_000 }, (_, index) => ({ partNumber: index + 1, ...part }));
  const text = JSON.stringify({ Key, parts });
  const lock = await checkpoints.lock?.("id");
  await checkpoints.save("id", text);
  expect(await durableObjectCheckpoints(storage).load("id")).toBe(text);
  expect(storage.size()).toBeGreaterThan(10);
  await checkpoints.remove("id");
  await lock?.release();
  expect(storage.size()).toBe(0);
});

test.each([
  [{ leaseMs: "2000" }, TypeError, "leaseMs"],
  [{ leaseMs: Number.NaN }, RangeError, "leaseMs"],
  [{ leaseMs: Number.POSITIVE_INFINITY }, RangeError, "leaseMs"],
  [{ leaseMs: 0 }, RangeError, "leaseMs"],
  [{ leaseMs: -1 }, RangeError, "leaseMs"],
  [{ prefix: 5 }, TypeError, "prefix"],
])("%j is refused by name", (options, type, parameter) => {
  const make = () => durableObjectCheckpoints(strictStorage(), options as never);
  expect(make).toThrow(type);
  expect(make).toThrow(parameter);
});
