import { ArgumentRangeError } from "@cosup/core";
import type { ContractCase } from "./contract.ts";
import { MB, noise, streamOf } from "./fixtures/bytes.ts";
import { Script } from "./fixtures/faults.ts";
import { withMembers } from "./fixtures/runtimes.ts";
import { expectStored } from "./fixtures/stored.ts";

export const cases: readonly ContractCase[] = [
  {
    name: "on a slow wire, no more is read than the parts under way hold",
    run: async (t, rig) => {
      const script = new Script();
      const total = 8 * MB;
      let read = 0;
      let acknowledged = 0;
      let furthest = 0;
      async function* counted() {
        while (read < total) {
          read += 256 * 1024;
          furthest = Math.max(furthest, read - acknowledged);
          yield noise(256 * 1024, read);
        }
      }
      const client = rig.createClient({}, (runtime) =>
        script.wrap(
          withMembers(runtime, {
            send: async (request) => {
              const response = await runtime.send(request);
              if (request.url.includes("partNumber")) acknowledged += request.body?.length ?? 0;
              return response;
            },
          }),
        ),
      );
      const Key = rig.uniqueKey("pressure");
      await client.uploadFile({
        Bucket: rig.Bucket,
        Key,
        Body: counted(),
        PartSize: 1,
        MAXThread: 2,
      });
      t.equal(script.count("UploadPart"), 8, "parts");
      // Two parts on the wire, and one being read with the chunk that runs over it.
      t.ok(furthest <= 4 * MB, `read ahead of the acknowledgements by at most 4 MB, not ${furthest} bytes`);
    },
  },
  {
    name: "MAXThread bounds the parts under way",
    run: async (t, rig) => {
      let underWay = 0;
      let most = 0;
      const client = rig.createClient({}, (runtime) =>
        withMembers(runtime, {
          send: async (request) => {
            underWay += 1;
            most = Math.max(most, underWay);
            try {
              return await runtime.send(request);
            } finally {
              underWay -= 1;
            }
          },
        }),
      );
      const Key = rig.uniqueKey("threads");
      const Body = streamOf(noise(6 * MB));
      await client.uploadFile({ Bucket: rig.Bucket, Key, Body, PartSize: 1, MAXThread: 3 });
      t.ok(most <= 3, `at most 3 at once, not ${most}`);
      t.ok(most > 1, "more than one at once");
    },
  },
  {
    name: "uploads share the client's memory, and wait for it instead of failing",
    run: async (t, rig) => {
      const client = rig.createClient({ memoryBudget: 2 * MB });
      const uploads = Array.from({ length: 4 }, (_, index) => {
        const bytes = noise(2 * MB + index, index);
        const Key = rig.uniqueKey("budget");
        const done = client.uploadFile({ Bucket: rig.Bucket, Key, Body: streamOf(bytes), PartSize: 1 });
        return { Key, bytes, done };
      });
      await Promise.all(uploads.map(({ done }) => done));
      for (const { Key, bytes } of uploads) await expectStored(t, rig, Key, bytes);
    },
  },
  {
    name: "a part that exceeds memoryBudget is refused",
    run: async (t, rig) => {
      const client = rig.createClient({ memoryBudget: MB });
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("budget") };
      await t.throws(
        () => client.uploadFile({ ...object, Body: streamOf(noise(10)), PartSize: 2 }),
        ArgumentRangeError,
        { parameter: "memoryBudget" },
      );
    },
  },
];
