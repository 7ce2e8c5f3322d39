import { expect } from "vitest";
import { type Fault, md5Of } from "./memory-target.ts";
import { pattern } from "./random.ts";
import { createRig, KB, type Rig, TestFile } from "./upload-rig.ts";

export const bytes = pattern(6 * KB);

/** The fault of the nth Complete, and an action of another client in the meantime. */
export async function completing(
  faults: readonly (Fault | undefined)[],
  meanwhile: (rig: Rig) => void = () => {},
): Promise<Rig> {
  const rig = await createRig();
  rig.target.fault = ({ operation, nth }) => {
    if (operation === "listParts" && nth === 0) meanwhile(rig);
    return operation === "complete" ? faults[nth] : undefined;
  };
  return rig;
}

export const upload = (rig: Rig, checkpoints = true): Promise<unknown> =>
  rig.run(new TestFile(bytes), checkpoints ? {} : { checkpoints: undefined });

export function expectPublished(rig: Rig): void {
  expect(md5Of(rig.target.object?.bytes ?? new Uint8Array(0))).toBe(md5Of(bytes));
  expect([rig.target.uploads.size, rig.checkpoints.texts.size]).toEqual([0, 0]);
}
