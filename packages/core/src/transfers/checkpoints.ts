import { ArgumentTypeError } from "../errors.ts";
import type { CheckpointStore, Checkpoints } from "../runtime/checkpoint-store.ts";
import type { Runtime } from "../runtime/runtime.ts";

/**
 * The store that a call asks for, else the client's; undefined: the upload has no checkpoint. A relative directory is that
 * of now, because the working directory may change while the upload runs.
 * @throws {TypeError} the runtime has no checkpoints of its own
 */
export function checkpointStoreOf(
  { runtime, checkpoints }: { readonly runtime: Runtime; readonly checkpoints?: CheckpointStore | undefined },
  given: Checkpoints | undefined,
): CheckpointStore | undefined {
  if (given === undefined) return checkpoints;
  if (given === false) return undefined;
  if (typeof given === "object" && !(given instanceof URL)) return given;
  if (runtime.checkpointStore === undefined) {
    throw new ArgumentTypeError(
      "checkpoints",
      `must be a CheckpointStore: the ${runtime.name} runtime has no checkpoints of its own`,
    );
  }
  return runtime.checkpointStore(given === true ? undefined : given);
}
