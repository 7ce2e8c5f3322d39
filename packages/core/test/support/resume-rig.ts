import type { Checkpoint } from "../../src/upload/checkpoint.ts";
import type { UploadOptions, UploadWarning } from "../../src/upload/options.ts";
import { findResumable } from "../../src/upload/resume.ts";
import { createCore } from "./core.ts";
import { MemoryTarget } from "./memory-target.ts";
import { pattern } from "./random.ts";
import { KB, TestFile, UPLOAD_OPTIONS } from "./upload-rig.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** The object of these tests. */
export const bytes = pattern(2.5 * KB);
const headers = { "content-type": "text/plain" };

export const checkpointOf = (UploadId: string, changes: Partial<Checkpoint> = {}): Checkpoint => ({
  version: 1,
  Bucket: "examplebucket-1250000000",
  Key: "exampleobject",
  UploadId,
  size: bytes.length,
  partSize: KB,
  fingerprint: "file-1",
  headers,
  parts: [],
  ...changes,
});

/** A search for an upload to resume, with its dependencies. */
export async function resumeRig(changes: Partial<UploadOptions> = {}) {
  const clock = new VirtualClock();
  const target = new MemoryTarget(clock);
  const core = await createCore(16 * KB, clock);
  const warnings: UploadWarning[] = [];
  const options: UploadOptions = {
    ...UPLOAD_OPTIONS,
    headers,
    onWarning: (warning) => void warnings.push(warning),
    ...changes,
  };
  const find = (checkpoint: Checkpoint | undefined, size = bytes.length, partSize = KB) =>
    clock.run(
      findResumable(
        {
          target,
          source: new TestFile(bytes),
          core,
          options,
          plan: { size, partSize, partCount: Math.ceil(size / partSize) },
          clock,
          signal: new AbortController().signal,
        },
        checkpoint,
      ),
    );
  return { clock, target, core, options, warnings, find };
}
