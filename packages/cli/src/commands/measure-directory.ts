import type { NodeCosClient } from "@cosup/node";
import { type CopyFlags, uploadSettings } from "./copy-flags.ts";
import type { CopyPlan } from "./copy-plan.ts";

/**
 * Adds up the bytes of a directory while it is being uploaded, so that progress can be shown as a percentage.
 * @param client a dry-run client, which sends nothing
 * @returns undefined if the directory cannot be walked; the upload itself reports that error
 */
export async function measureDirectory(
  client: NodeCosClient,
  flags: CopyFlags,
  plan: CopyPlan & { kind: "directory" },
  signal: AbortSignal,
): Promise<number | undefined> {
  const { onProgress: _progress, ...settings } = uploadSettings(flags);
  try {
    const { bytes } = await client.uploadDirectory({
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
