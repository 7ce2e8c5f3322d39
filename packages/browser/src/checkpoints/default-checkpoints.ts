import type { CheckpointStore } from "@cosup/core/runtime";
import { ArgumentTypeError } from "@cosup/core/upload";
import { indexedDbCheckpoints } from "./indexed-db-checkpoints.ts";

/** What `checkpoints: true` stands for. */
export function defaultCheckpoints(directory: string | URL | undefined): CheckpointStore {
  if (directory === undefined) return indexedDbCheckpoints();
  throw new ArgumentTypeError(
    "checkpoints",
    "a browser has no directories: give true, or indexedDbCheckpoints() with the name of a database",
  );
}
