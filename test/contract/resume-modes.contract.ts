import { CheckpointError } from "@cosup/core";
import type { ContractCase } from "./contract.ts";
import { expectDone, interrupt } from "./fixtures/interrupted.ts";
import { expectAbsent, openUploads } from "./fixtures/stored.ts";

export const cases: readonly ContractCase[] = [
  {
    name: "resume 'off' starts from the beginning, and the old upload is aborted",
    run: async (t, rig) => {
      const state = await interrupt(rig);
      t.equal((await state.again({ resume: "off" })).partsResumed, 0, "partsResumed");
      await expectDone(t, rig, state);
    },
  },
  {
    name: "resume 'require' goes on with what is there",
    run: async (t, rig) => {
      const state = await interrupt(rig);
      t.equal((await state.again({ resume: "require" })).partsResumed, 2, "partsResumed");
      await expectDone(t, rig, state);
    },
  },
  {
    name: "resume 'require' fails when there is nothing to go on with",
    run: async (t, rig) => {
      const state = await interrupt(rig);
      state.checkpoints.stored.clear();
      await t.throws(() => state.again({ resume: "require" }), CheckpointError, {
        code: "checkpoint-unusable",
        retryable: false,
      });
      await expectAbsent(t, rig, state.Key);
    },
  },
  {
    name: "resume 'require' fails when the checkpoint does not fit",
    run: async (t, rig) => {
      const state = await interrupt(rig);
      await t.throws(() => state.again({ resume: "require", ContentType: "text/x-other" }), CheckpointError, {
        code: "checkpoint-unusable",
      });
      t.equal((await openUploads(rig, state.Key)).length, 1, "unfinished uploads");
    },
  },
  {
    name: "resume 'server' adopts the unfinished upload of the key without a checkpoint",
    run: async (t, rig) => {
      const state = await interrupt(rig);
      state.checkpoints.stored.clear();
      const asksForNothing = { resume: "server", checkpoints: undefined, ContentType: undefined } as const;
      const result = await state.again(asksForNothing);
      t.equal(result.partsResumed, 2, "partsResumed");
      t.equal(result.UploadId, state.uploadId, "UploadId");
      await expectDone(t, rig, state);
    },
  },
  {
    name: "resume 'server' adopts no upload for a call that asks for headers, which COS does not show of it",
    run: async (t, rig) => {
      const state = await interrupt(rig);
      state.checkpoints.stored.clear();
      const result = await state.again({
        resume: "server",
        checkpoints: undefined,
        ContentType: "text/x-new",
      });
      t.equal(result.partsResumed, 0, "partsResumed");
      const { ContentType } = await rig.client.headObject({ Bucket: rig.Bucket, Key: state.Key });
      t.equal(ContentType, "text/x-new", "ContentType");
      t.deepEqual(await openUploads(rig, state.Key), [state.uploadId], "unfinished uploads");
    },
  },
  {
    name: "without a checkpoint nothing is adopted, and the other upload is left alone",
    run: async (t, rig) => {
      const state = await interrupt(rig);
      state.checkpoints.stored.clear();
      const result = await state.again({ checkpoints: undefined });
      t.equal(result.partsResumed, 0, "partsResumed");
      t.deepEqual(await openUploads(rig, state.Key), [state.uploadId], "unfinished uploads");
    },
  },
];
