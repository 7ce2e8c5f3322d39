import type { ByteSource } from "../runtime/byte-source.ts";
import type { FilledPart } from "./filled-part.ts";
import type { OpenStream } from "./open-stream.ts";
import type { UploadDependencies, UploadOptions } from "./options.ts";
import type { Progress } from "./progress.ts";
import type { UploadTarget } from "./target.ts";

/** One upload: what to upload, where to, and how. */
export interface UploadJob {
  readonly target: UploadTarget;
  readonly source: ByteSource;
  readonly options: UploadOptions;
  readonly dependencies: UploadDependencies;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly streaming?: Streaming;
}

/** A stream whose first part has been read, and that does not end in it. */
export interface Streaming extends OpenStream {
  readonly first: FilledPart;
}
