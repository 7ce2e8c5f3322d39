import {
  initiateLarge,
  type LargeUpload,
  planLarge,
  probeSource,
  type RangeTask,
  type TransferContext,
} from "../../src/transfer/index.ts";
import { MIB } from "../support/rig.ts";

/** Begins the upload of a source in parts of 1 MiB. */
export async function beginLarge(
  context: TransferContext,
  source: string,
  key = "large.bin",
): Promise<LargeUpload> {
  const entry = { source, key, contentType: "video/mp4", headers: { "cache-control": "no-cache" } };
  const facts = await probeSource(context, entry);
  const plan = planLarge(facts, MIB);
  return { entry, facts, plan, uploadId: await initiateLarge(context, entry, facts) };
}

/** The task of one range of its plan, the first one being 0. */
export function range(upload: LargeUpload, at: number, more: Partial<RangeTask> = {}): RangeTask {
  const { from, to } = upload.plan.ranges[at] ?? { from: 0, to: 0 };
  return { ...upload, from, to, known: [], ...more };
}
