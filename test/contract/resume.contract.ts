import { ServiceError, SourceError } from "@cosup/core";
import type { ContractCase } from "./contract.ts";
import { noise } from "./fixtures/bytes.ts";
import { type Plan, pass, refuses, Script } from "./fixtures/faults.ts";
import { expectDone, interrupt, LENGTH, small, UNIT } from "./fixtures/interrupted.ts";
import { memoryCheckpoints } from "./fixtures/memory-checkpoints.ts";
import { quickClock } from "./fixtures/quick-clock.ts";
import { expectAbsent, expectStored, openUploads } from "./fixtures/stored.ts";

export const cases: readonly ContractCase[] = [
  {
    name: "a failed upload says how to go on, and keeps its upload and checkpoint",
    run: async (t, rig) => {
      const state = await interrupt(rig);
      t.ok(state.uploadId, "an unfinished upload");
      t.equal(state.checkpoints.stored.size, 1, "checkpoints");
      t.equal(state.file.open, 0, "open files");
      await t.throws(() => state.again({}, { UploadPart: refuses(403, "AccessDenied") }), ServiceError, {
        hint: new RegExp(`make the same call again.*${state.uploadId}`),
      });
    },
  },
  {
    name: "the same call again sends only what is missing",
    run: async (t, rig) => {
      const state = await interrupt(rig);
      const result = await state.again();
      t.equal(result.partsResumed, 2, "partsResumed");
      t.equal(result.partsSent, 1, "partsSent");
      t.equal(result.UploadId, state.uploadId, "UploadId");
      t.deepEqual(state.warnings, [], "warnings");
      await expectDone(t, rig, state);
      t.equal(
        (await rig.client.headObject({ Bucket: rig.Bucket, Key: state.Key })).ContentType,
        "text/x-big",
        "ContentType",
      );
    },
  },
  {
    name: "a File is resumed by its size and time",
    run: async (t, rig) => {
      const checkpoints = memoryCheckpoints();
      const bytes = noise(LENGTH);
      const Key = rig.uniqueKey("resume");
      const upload = (plan: Plan) => {
        const script = new Script(plan);
        const client = rig.createClient({}, (runtime) => script.wrap(small(runtime)), quickClock());
        const Body = new File([bytes], "big.bin", { lastModified: 1_700_000_000_000 });
        return client.uploadFile({ Bucket: rig.Bucket, Key, Body, PartSize: 8, MAXThread: 1, checkpoints });
      };
      await t.throws(() => upload({ UploadPart: [pass, refuses(403, "AccessDenied")] }), ServiceError);
      t.equal((await upload({})).partsResumed, 1, "partsResumed");
      await expectStored(t, rig, Key, bytes);
    },
  },
  {
    name: "a resumed upload keeps the part size it began with",
    run: async (t, rig) => {
      const state = await interrupt(rig);
      const result = await state.again({ PartSize: 1 });
      t.equal(result.partsResumed, 2, "partsResumed");
      t.equal(result.partsSent, 1, "partsSent");
      await expectDone(t, rig, state);
    },
  },
  {
    name: "a stored part whose local bytes are others now is sent again",
    run: async (t, rig) => {
      const state = await interrupt(rig);
      state.file.bytes = state.file.bytes.slice();
      state.file.bytes[5] = (state.file.bytes[5] ?? 0) ^ 1;
      const result = await state.again();
      t.equal(result.partsResumed, 1, "partsResumed");
      t.equal(result.partsSent, 2, "partsSent");
      await expectDone(t, rig, state);
    },
  },
  {
    name: "a part that COS holds other bytes of than the checkpoint says is sent again",
    run: async (t, rig) => {
      const state = await interrupt(rig);
      const { Key, uploadId: UploadId } = state;
      await rig.client.uploadPart({
        Bucket: rig.Bucket,
        Key,
        UploadId,
        PartNumber: 1,
        Body: noise(8 * UNIT, 99),
      });
      const result = await state.again();
      t.equal(result.partsResumed, 1, "partsResumed");
      t.equal(result.partsSent, 2, "partsSent");
      await expectDone(t, rig, state);
    },
  },
  {
    name: "a checkpoint without its parts' digests still saves the parts, compared by MD5",
    run: async (t, rig) => {
      const state = await interrupt(rig);
      for (const [id, text] of state.checkpoints.stored)
        state.checkpoints.stored.set(id, JSON.stringify({ ...JSON.parse(text), parts: [] }));
      t.equal((await state.again()).partsResumed, 2, "partsResumed");
      await expectDone(t, rig, state);
    },
  },
  {
    name: "a source of another size starts from the beginning, and the old upload is aborted",
    run: async (t, rig) => {
      const state = await interrupt(rig);
      state.file.bytes = noise(LENGTH + 1);
      state.file.version = 2;
      const result = await state.again();
      t.equal(result.partsResumed, 0, "partsResumed");
      t.deepEqual(state.warnings, ["resume-discarded"], "warnings");
      await expectDone(t, rig, state);
    },
  },
  {
    name: "an upload with other headers starts from the beginning, and the old upload is aborted",
    run: async (t, rig) => {
      const state = await interrupt(rig);
      const result = await state.again({ ContentType: "text/x-other" });
      t.equal(result.partsResumed, 0, "partsResumed");
      t.deepEqual(state.warnings, ["resume-discarded"], "warnings");
      await expectDone(t, rig, state);
    },
  },
  {
    name: "an upload that COS no longer knows starts from the beginning",
    run: async (t, rig) => {
      const state = await interrupt(rig);
      const { Key, uploadId: UploadId } = state;
      await rig.client.abortMultipartUpload({ Bucket: rig.Bucket, Key, UploadId });
      const result = await state.again();
      t.equal(result.partsResumed, 0, "partsResumed");
      t.ok(result.UploadId !== UploadId, "another UploadId");
      await expectDone(t, rig, state);
    },
  },
  {
    name: "with a damaged checkpoint the upload starts from the beginning, with a warning",
    run: async (t, rig) => {
      const state = await interrupt(rig);
      for (const [id, text] of state.checkpoints.stored) state.checkpoints.stored.set(id, text.slice(0, -9));
      t.equal((await state.again()).partsResumed, 0, "partsResumed");
      t.deepEqual(state.warnings, ["checkpoint-discarded"], "warnings");
      await expectStored(t, rig, state.Key, state.file.bytes);
    },
  },
  {
    name: "without a checkpoint a failed upload is aborted",
    run: async (t, rig) => {
      const state = await interrupt(rig);
      await t.throws(
        () => state.again({ checkpoints: undefined }, { UploadPart: [pass, refuses(403, "AccessDenied")] }),
        ServiceError,
      );
      t.deepEqual(await openUploads(rig, state.Key), [state.uploadId], "unfinished uploads");
    },
  },
  {
    name: "without the right to list parts everything is sent again, into the same upload",
    run: async (t, rig) => {
      const state = await interrupt(rig);
      const result = await state.again({}, { ListParts: refuses(403, "AccessDenied") });
      t.equal(result.partsResumed, 0, "partsResumed");
      t.equal(result.UploadId, state.uploadId, "UploadId");
      t.deepEqual(state.warnings, ["resume-discarded"], "warnings");
      await expectDone(t, rig, state);
    },
  },
  {
    name: "a source that changes while it is uploaded is not published",
    run: async (t, rig) => {
      const state = await interrupt(rig);
      const change: Plan = {
        UploadPart: [
          (deliver) => {
            state.file.version = 2;
            return deliver();
          },
        ],
      };
      await t.throws(() => state.again({}, change), SourceError, { code: "source-changed" });
      await expectAbsent(t, rig, state.Key);
    },
  },
];
