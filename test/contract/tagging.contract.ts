import type { ContractCase } from "./contract.ts";

export const cases: readonly ContractCase[] = [
  {
    name: "tags are stored, replaced and read back",
    run: async (t, { Bucket, client, uniqueKey }) => {
      const object = { Bucket, Key: uniqueKey("tagging") };
      await client.putObject({ ...object, Body: "hello", Tagging: "first=1" });
      t.deepEqual(
        (await client.getObjectTagging(object)).TagSet,
        [{ Key: "first", Value: "1" }],
        "by the upload",
      );
      const TagSet = [
        { Key: "project", Value: "a + b = c" },
        { Key: "状态", Value: "" },
      ];
      await client.putObjectTagging({ ...object, TagSet });
      t.deepEqual((await client.getObjectTagging(object)).TagSet, TagSet, "replaced");
    },
  },
];
