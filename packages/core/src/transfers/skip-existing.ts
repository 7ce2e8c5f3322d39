import type { ByteSource } from "../runtime/byte-source.ts";
import { findIdenticalObject } from "../upload/identical-object.ts";
import type { UploadTarget } from "../upload/target.ts";
import type { Uploaded } from "../upload/uploaded.ts";
import type { ClientContext } from "./context.ts";
import type { UploadFileParameters } from "./parameters.ts";

/** The result of an upload that sent nothing, because the object is there already. */
export interface Skipped extends Uploaded {
  /** COS returned no CRC64 for it. */
  readonly unverified: boolean;
}

interface Skipping {
  readonly skip: Exclude<NonNullable<UploadFileParameters["skip"]>, "never">;
}

type SkipParameters = Pick<UploadFileParameters, "skip" | "signal" | "onProgress" | "ContentMD5">;

/** Whether the upload is left out where the object is there already. */
export function maySkip(parameters: SkipParameters): parameters is SkipParameters & Skipping {
  const { skip, ContentMD5 } = parameters;
  // Only an upload checks the ContentMD5.
  return skip !== undefined && skip !== "never" && (skip !== "same" || ContentMD5 === undefined);
}

/**
 * Looks for the object that makes the upload unnecessary, as `skip` says; undefined when there is none. Closes the source
 * unless the upload is still to be done.
 * @param headers what the upload asks for, names in lower case
 */
export async function skipExisting(
  context: ClientContext,
  target: UploadTarget,
  source: ByteSource,
  headers: Readonly<Record<string, string>>,
  parameters: SkipParameters & Skipping,
): Promise<Skipped | undefined> {
  const signal = parameters.signal ?? new AbortController().signal;
  try {
    const core = await context.digestCoreFor(0);
    const object = await findIdenticalObject(target, source, core, parameters.skip, headers, signal);
    if (object === undefined) return undefined;
    await source.close();
    const { size } = object;
    const resumed = { acknowledged: size, resumed: size, inFlight: 0, bytesPerSecond: undefined };
    parameters.onProgress?.(size, size, resumed);
    const { crc64 } = object;
    const nothing = { uploadId: undefined, partsSent: 0, partsResumed: 0 };
    return { ...object, ...nothing, crc64: crc64 ?? 0n, unverified: crc64 === undefined };
  } catch (error) {
    await source.close();
    throw error;
  }
}
