import { CosError } from "@cosup/node";

/** Whether COS says that there is no such object, bucket or upload. */
export function isNotFound(error: unknown): boolean {
  return error instanceof CosError && error.code === "not-found";
}
