import { ArgumentRangeError, ServiceError } from "@cosup/core";
import type { ContractCase } from "./contract.ts";
import { DEVIATIONS } from "./document/deviations.ts";
import { MB, noise, streamOf } from "./fixtures/bytes.ts";
import { respondsWith, Script } from "./fixtures/faults.ts";
import { quickClock } from "./fixtures/quick-clock.ts";
import { expectAbsent, expectStored } from "./fixtures/stored.ts";

const RUNS: Readonly<Record<string, ContractCase["run"]>> = {
  "deviation: no ContentType": async (t, rig) => {
    const { Bucket, client } = rig;
    const Key = `${rig.uniqueKey("deviation")}.html`;
    const typeOf = async (key: string) => (await client.headObject({ Bucket, Key: key })).ContentType;
    await client.putObject({ Bucket, Key, Body: "x" });
    t.equal(await typeOf(Key), "text/html", "by the extension");
    await client.putObject({ Bucket, Key, Body: new Blob(["x"], { type: "image/png" }) });
    t.equal(await typeOf(Key), "image/png", "of the Blob");
    const script = new Script();
    await rig.createClient({}, script.wrap).putObject({ Bucket, Key, Body: "x", inferContentType: false });
    t.equal(script.sent[0]?.headers["content-type"], undefined, "switched off");
  },
  "deviation: a key that begins with a slash": async (t, rig) => {
    const script = new Script();
    const client = rig.createClient({}, script.wrap);
    for (const Key of ["/a", "//a"]) {
      const call = () => client.putObject({ Bucket: rig.Bucket, Key, Body: "x" });
      await t.throws(call, ArgumentRangeError, { parameter: "Key" });
    }
    t.equal(script.sent.length, 0, "requests");
  },
  "deviation: an empty 200 in response to Complete": async (t, rig) => {
    const script = new Script({ CompleteMultipartUpload: respondsWith("") });
    const client = rig.createClient({}, script.wrap, quickClock());
    const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("deviation") };
    const bytes = noise(2 * MB);
    await client.uploadFile({ ...object, Body: streamOf(bytes), PartSize: 1 });
    await expectStored(t, rig, object.Key, bytes);

    const other = { Bucket: rig.Bucket, Key: rig.uniqueKey("deviation") };
    const { UploadId } = await client.createMultipartUpload(other);
    const MultipartUpload = { Part: [{ PartNumber: 1, ETag: '"no such part"' }] };
    const empty = new Script({ CompleteMultipartUpload: async () => new Response("", { status: 200 }) });
    const complete = () =>
      rig
        .createClient({}, empty.wrap, quickClock())
        .completeMultipartUpload({ ...other, UploadId, MultipartUpload });
    await t.throws(complete, ServiceError, { code: "unexpected-response" });
    await expectAbsent(t, rig, other.Key);
    await client.abortMultipartUpload({ ...other, UploadId });
  },
};

/** Every row of the table has a case here; the suite refuses one without. */
export const cases: readonly ContractCase[] = DEVIATIONS.map((row) => {
  const run = RUNS[row.case];
  if (run === undefined) throw new Error(`no case is named "${row.case}"`);
  return { name: row.case, run };
});
