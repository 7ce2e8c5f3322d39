import type { UploadOptions, UploadWarning } from "./options.ts";

/** Reports something that does not stop the upload. */
export function warn(
  { onWarning }: Pick<UploadOptions, "onWarning">,
  code: UploadWarning["code"],
  message: string,
  uploadId?: string,
): void {
  onWarning?.({ code, message, uploadId });
}
