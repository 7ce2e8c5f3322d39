import { expect, test } from "vitest";
import { checkpointId } from "../../src/upload/checkpoint-codec.ts";
import { caught } from "../support/caught.ts";
import { pattern } from "../support/random.ts";
import { streamSource } from "../support/stream-source.ts";
import { createRig, KB } from "../support/upload-rig.ts";

const bytes = pattern(6 * KB + 100);
const stream = () => streamSource(new Blob([bytes]).stream(), undefined);

test("streams whose checkpoint is locked release the memory of their first part", async () => {
  const rig = await createRig(1, 16 * KB);
  const id = await checkpointId("examplebucket-1250000000", "exampleobject");
  rig.checkpoints.locks.add(id);
  for (let time = 0; time < 6; time += 1)
    expect(await caught(rig.run(stream()))).toMatchObject({ code: "checkpoint-locked" });
  rig.checkpoints.locks.clear();
  expect(await rig.run(stream())).toMatchObject({ size: bytes.length });
});

test("streams whose caller throws in onWarning release it too", async () => {
  const rig = await createRig(1, 16 * KB);
  rig.checkpoints.failing.add("save");
  const onWarning = (): never => {
    throw new Error("mine");
  };
  for (let time = 0; time < 6; time += 1) await caught(rig.run(stream(), { onWarning }));
  rig.checkpoints.failing.clear();
  expect(await rig.run(stream())).toMatchObject({ size: bytes.length });
});
