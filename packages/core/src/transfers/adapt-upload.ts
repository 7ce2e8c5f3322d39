import type { ByteSource } from "../runtime/byte-source.ts";
import type { CheckpointStore } from "../runtime/checkpoint-store.ts";
import type { Runtime, UploadPlan } from "../runtime/runtime.ts";
import { MB } from "../upload/plan.ts";
import type { UploadFileParameters } from "./parameters.ts";

/** Part size and concurrency: the caller's or the defaults, adapted to the limits of the runtime. */
export async function adaptUpload(
  runtime: Runtime,
  source: ByteSource,
  parameters: Pick<UploadFileParameters, "PartSize" | "MAXThread">,
  threshold: number,
  checkpoints: CheckpointStore | undefined,
): Promise<UploadPlan> {
  const { PartSize } = parameters;
  // The table takes strings of digits too.
  const MAXThread = parameters.MAXThread === undefined ? undefined : Number(parameters.MAXThread);
  const unit = runtime.defaults.partUnit ?? MB;
  const partSize = PartSize === undefined ? undefined : PartSize * unit;
  const resumable = checkpoints !== undefined && source.fingerprint !== undefined;
  if (runtime.adaptUpload === undefined) {
    return {
      source,
      // The threshold is at most the memory budget: a part that nobody has asked for fits into it.
      partSize:
        partSize ?? (source.size === undefined ? Math.min(runtime.defaults.partSize, threshold) : unit),
      concurrency: MAXThread ?? runtime.defaults.concurrency,
    };
  }
  try {
    return runtime.adaptUpload(source, { partSize, concurrency: MAXThread, threshold, resumable });
  } catch (error) {
    await source.close();
    throw error;
  }
}
