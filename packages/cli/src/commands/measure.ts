import type { NodeCosClient } from "@cosup/node";
import { type CopyFlags, uploadSettings } from "./copy-flags.ts";
import type { CopyPlan } from "./copy-plan.ts";

/**
 * Adds up the bytes of a folder while it is being uploaded, so that there is an end to measure progress against.
 * @param counter a client that sends nothing
 * @returns undefined when the folder cannot be walked: the upload itself will say why
 */
export async function measureFolder(
  counter: NodeCosClient,
  flags: CopyFlags,
  plan: CopyPlan & { kind: "folder" },
  signal: AbortSignal,
): Promise<number | undefined> {
  const { onProgress: _progress, ...settings } = uploadSettings(flags);
  try {
    const { bytes } = await counter.uploadDirectory({
      ...settings,
      Bucket: plan.bucket,
      Prefix: plan.prefix,
      LocalDirectoryPath: plan.path,
      include: flags.include,
      exclude: flags.exclude,
      followSymlinks: flags.followSymlinks,
      concurrency: 1,
      signal,
    });
    return bytes;
  } catch {
    return undefined;
  }
}
