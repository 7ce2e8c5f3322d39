import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createUploadStream, createWriteStream } from "@cosup/deno/streams";
import { assert, assertStored, Bucket, client, MiB, noise, test } from "./rig.ts";

const BYTES = noise(2 * MiB + 1);

test("a file that is piped to createUploadStream() is stored", async () => {
  await using cos = client();
  const parameters = { Bucket, Key: "streams/web", PartSize: 1 };
  const { writable, result } = createUploadStream(cos, parameters);
  await new Blob([BYTES]).stream().pipeTo(writable);
  assert.equal((await result).partsSent, 3);
  await assertStored(cos, parameters.Key, BYTES);
});

test("pipeline() to createWriteStream() stores, and its error aborts the upload", async () => {
  await using cos = client();
  const stored = createWriteStream(cos, { Bucket, Key: "streams/node", PartSize: 1 });
  await pipeline(Readable.from([BYTES]), stored);
  await assertStored(cos, "streams/node", BYTES);
  assert.equal((await stored.result).size, BYTES.length);

  const { promise: partStored, resolve: onProgress } = Promise.withResolvers<void>();
  const aborted = createWriteStream(cos, {
    Bucket,
    Key: "streams/aborted",
    PartSize: 1,
    onProgress: () => onProgress(),
  });
  const reason = new Error("the source is gone");
  const failing = Readable.from(
    (async function* () {
      yield BYTES;
      await partStored;
      throw reason;
    })(),
  );
  await assert.rejects(pipeline(failing, aborted), reason);
  await assert.rejects(aborted.result, reason);
  await assert.rejects(cos.headObject({ Bucket, Key: "streams/aborted" }), { code: "not-found" });
  const unfinished = await Array.fromAsync(cos.eachMultipartUpload({ Bucket, Prefix: "streams/" }));
  assert.deepEqual(unfinished, []);
});
