import type { Resumable, ResumeContext } from "./resume-context.ts";
import { isStoredHeader } from "./stored-headers.ts";
import { listPartsIfUploadExists } from "./stored-parts.ts";
import { warn } from "./warn.ts";

/**
 * Adopts the newest unfinished upload of the key whose parts are cut as planned. COS shows no headers of an unfinished
 * upload, so a call that requests headers adopts none: the object would get the ACL, type or class of another upload.
 */
export async function adoptServerUpload({
  target,
  core,
  options,
  plan,
  signal,
}: Omit<ResumeContext, "source" | "clock">): Promise<Resumable | undefined> {
  const { size: total, partSize } = plan;
  // Nothing says how an upload of a stream was cut.
  if (total === undefined) return undefined;
  const requested = Object.keys(options.headers).filter((name) =>
    isStoredHeader(name, options.headers[name]),
  );
  if (requested.length > 0) {
    const names = requested.join(", ");
    warn(options, "resume-discarded", `no unfinished upload can be adopted: COS does not show its ${names}`);
    return undefined;
  }
  for (const uploadId of await target.unfinished(signal)) {
    const stored = await listPartsIfUploadExists(target, uploadId, undefined, signal, options);
    if (stored === undefined) continue;
    const fits = [...stored.values()].every(
      ({ partNumber, size }) => size > 0 && size === core.partLength(partNumber, total, partSize),
    );
    if (!fits) continue;
    warn(
      options,
      "upload-adopted",
      `upload ${uploadId} is adopted: the object keeps the headers and the ACL that it was begun with`,
      uploadId,
    );
    return { uploadId, partSize, stored, checkpoint: undefined };
  }
  return undefined;
}
