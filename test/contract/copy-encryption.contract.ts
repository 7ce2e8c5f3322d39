import { ServiceError } from "@cosup/core";
import type { ContractCase } from "./contract.ts";
import { MB, noise, readAll } from "./fixtures/bytes.ts";
import { customerKey } from "./fixtures/customer-key.ts";

const fromKey = customerKey(1, "x-cos-copy-source-server-side-encryption-customer-");

/** A copy from one SSE-C key to another. It succeeds only if every request has the keys that it needs. */
export const cases: readonly ContractCase[] = (
  [
    ["in one request", 1000, 1],
    ["in parts", 2 * MB + 1, 3],
  ] as const
).map(([how, size, partsCopied]) => ({
  name: `copyObject() ${how} sends the SSE-C keys of the source and of the copy`,
  run: async (t, rig) => {
    const { Bucket, client, Region } = rig;
    const bytes = noise(size);
    const source = { Bucket, Key: rig.uniqueKey("from") };
    await client.putObject({ ...source, Body: bytes, headers: customerKey(1) });
    const object = { Bucket, Key: rig.uniqueKey("to") };
    const copy = (headers: Record<string, string>) =>
      client.copyObject({ ...object, CopySource: { ...source, Region }, PartSize: 1, headers });
    await t.throws(() => copy(customerKey(2)), ServiceError, { status: 400 });
    t.equal((await copy({ ...fromKey, ...customerKey(2) })).partsCopied, partsCopied, "partsCopied");
    const { Body } = await client.getObject({ ...object, headers: customerKey(2) });
    t.bytes(await readAll(Body), bytes, "the copy, read with its own key");
  },
}));
