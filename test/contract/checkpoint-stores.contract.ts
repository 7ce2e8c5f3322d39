import { CheckpointError, type CheckpointStore } from "@cosup/core";
import type { ContractCase, Rig } from "./contract.ts";
import { MB, noise, streamOf } from "./fixtures/bytes.ts";
import { hangs, pass, Script } from "./fixtures/faults.ts";
import { memoryCheckpoints } from "./fixtures/memory-checkpoints.ts";
import { expectStored } from "./fixtures/stored.ts";

const LENGTH = 20 * MB + 1;

function bigUpload(rig: Rig, checkpoints: CheckpointStore) {
  const bytes = noise(LENGTH);
  const warnings: string[] = [];
  const parameters = {
    Bucket: rig.Bucket,
    Key: rig.uniqueKey("store"),
    Body: new File([bytes], "big.bin", { lastModified: 1 }),
    PartSize: 8,
    checkpoints,
    onWarning: ({ code }: { code: string }) => warnings.push(code),
  };
  return { bytes, warnings, parameters };
}

const broken = async (): Promise<never> => {
  throw new Error("the store is out of order");
};

/** A store that fails costs the resume, never the upload. */
const DEGRADED: readonly (readonly [what: string, overrides: Partial<CheckpointStore>])[] = [
  ["lock", { lock: broken }],
  ["load", { load: broken }],
  ["save", { save: broken }],
];

const degraded = DEGRADED.map(
  ([what, overrides]): ContractCase => ({
    name: `a store that cannot ${what} costs the resume, never the upload`,
    run: async (t, rig) => {
      const { bytes, warnings, parameters } = bigUpload(rig, memoryCheckpoints(overrides));
      await rig.client.uploadFile(parameters);
      t.deepEqual([...new Set(warnings)], ["checkpoint-degraded"], "warnings");
      await expectStored(t, rig, parameters.Key, bytes);
    },
  }),
);

export const cases: readonly ContractCase[] = [
  ...degraded,
  {
    name: "a store that cannot remove does not fail the upload that is done",
    run: async (t, rig) => {
      const { bytes, parameters } = bigUpload(rig, memoryCheckpoints({ remove: broken }));
      await rig.client.uploadFile(parameters);
      await expectStored(t, rig, parameters.Key, bytes);
    },
  },
  {
    name: "a checkpoint is saved before the first part is sent",
    run: async (t, rig) => {
      const checkpoints = memoryCheckpoints();
      const seen: number[] = [];
      const script = new Script({
        UploadPart: (deliver) => {
          seen.push(checkpoints.stored.size);
          return deliver();
        },
      });
      const { parameters } = bigUpload(rig, checkpoints);
      await rig.createClient({}, script.wrap).uploadFile(parameters);
      t.deepEqual(seen, [1, 1, 1], "checkpoints at each part");
    },
  },
  {
    name: "a checkpoint is JSON with the fields of its version",
    run: async (t, rig) => {
      const texts: string[] = [];
      const save = async (_id: string, text: string): Promise<void> => {
        texts.push(text);
      };
      const { parameters } = bigUpload(rig, memoryCheckpoints({ save }));
      const { UploadId } = await rig.client.uploadFile(parameters);
      const last = JSON.parse(texts.at(-1) ?? "") as Record<string, unknown>;
      t.equal(last.version, 2, "version");
      t.equal(last.UploadId, UploadId, "UploadId");
      t.equal(last.Key, parameters.Key, "Key");
      t.equal(last.size, LENGTH, "size");
      t.equal((last.parts as unknown[]).length, 3, "parts");
    },
  },
  {
    name: "two uploads of one key do not share a checkpoint: the second is refused while the first runs",
    run: async (t, rig) => {
      const controller = new AbortController();
      const checkpoints = memoryCheckpoints();
      const { parameters } = bigUpload(rig, checkpoints);
      const script = new Script({ UploadPart: [pass, hangs] });
      const first = rig.createClient({}, script.wrap).uploadFile({
        ...parameters,
        MAXThread: 1,
        signal: controller.signal,
      });
      const ended = first.catch((error: unknown) => error);
      while (script.count("UploadPart") < 2) await new Promise((resolve) => setTimeout(resolve, 5));
      await t.throws(() => rig.client.uploadFile(parameters), CheckpointError, {
        code: "checkpoint-locked",
        retryable: true,
      });
      controller.abort(new Error("enough"));
      await ended;
      t.equal((await rig.client.uploadFile(parameters)).partsResumed, 1, "partsResumed afterwards");
    },
  },
  {
    name: "uploads of different keys have checkpoints of their own",
    run: async (t, rig) => {
      const ids = new Set<string>();
      const save = async (id: string): Promise<void> => {
        ids.add(id);
      };
      const checkpoints = memoryCheckpoints({ save });
      for (const { parameters } of [bigUpload(rig, checkpoints), bigUpload(rig, checkpoints)])
        await rig.client.uploadFile(parameters);
      t.equal(ids.size, 2, "ids");
      for (const id of ids) t.match(id, /^[0-9a-f]{16,64}$/, "id");
    },
  },
  {
    name: "one PUT takes no checkpoint and no lock",
    run: async (t, rig) => {
      const checkpoints = memoryCheckpoints({ lock: broken, save: broken });
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("store") };
      const warnings: string[] = [];
      const onWarning = ({ code }: { code: string }) => warnings.push(code);
      await rig.client.uploadFile({ ...object, Body: "small", checkpoints, onWarning });
      t.deepEqual(warnings, [], "warnings");
    },
  },
  {
    name: "a stream cannot be resumed, and resume 'require' says so",
    run: async (t, rig) => {
      const Body = streamOf(noise(MB + 1));
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("store") };
      await t.throws(
        () =>
          rig.client.uploadFile({
            ...object,
            Body,
            PartSize: 1,
            checkpoints: memoryCheckpoints(),
            resume: "require",
          }),
        CheckpointError,
        { code: "checkpoint-unusable" },
      );
    },
  },
];
