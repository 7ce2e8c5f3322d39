import type { UploadFileParameters } from "../../src/transfers/parameters.ts";
import { Bucket, clientOf, Key } from "./client.ts";
import { MemoryTarget } from "./memory-target.ts";
import { KB, type TestFile } from "./upload-rig.ts";
import { VirtualClock } from "./virtual-clock.ts";
import { wireCos } from "./wire-cos.ts";

/** A client whose "MB" is one KB, unless `unit` says otherwise. */
export function clientRig(unit = KB, file?: TestFile) {
  const clock = new VirtualClock();
  const target = new MemoryTarget(clock);
  target.minimumPart = unit;
  const wire = wireCos(clock, target);
  const { defaults } = wire.runtime;
  const runtime = {
    ...wire.runtime,
    defaults: { ...defaults, partUnit: unit, partSize: 8 * unit },
    open: async (input: unknown) =>
      file !== undefined && typeof input === "object" && input !== null && "path" in input ? file : undefined,
  };
  const cos = clientOf(runtime, clock);
  const uploadFile = (more: Omit<UploadFileParameters, "Bucket" | "Key"> & { Key?: string }) =>
    clock.run(cos.uploadFile({ Bucket, Key, ...more }));
  return { clock, target, wire, cos, uploadFile };
}
