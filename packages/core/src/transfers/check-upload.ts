import { ArgumentTypeError } from "../errors.ts";
import { objectHeaders } from "../params/object-headers.ts";
import { checkParameters } from "../params/table.ts";
import { UPLOAD_FILE, type UploadFileParameters } from "./parameters.ts";

/**
 * Checks parameters of an upload as `uploadFile` and `putObject` do. Sends nothing. What `LocalFilePath` or `Body` refers to
 * is not looked at, and parameters that are missing are not checked, so that a program can check a key as soon as it is
 * typed.
 * @throws {TypeError} unknown, or of the wrong type; `error.parameter` names it
 * @throws {RangeError} outside what COS accepts; `error.parameter` names it
 *
 * @example
 * ```ts
 * import { checkUpload } from "@cosup/node";
 *
 * checkUpload({ Bucket: "examplebucket-1250000000", Key: "logs/today.gz", PartSize: 8 });
 * checkUpload({ Key: "/logs/today.gz" }); // RangeError: Key: must not begin with '/' …
 * ```
 */
export function checkUpload(parameters: Partial<UploadFileParameters>): void {
  const { name, parameters: table } = UPLOAD_FILE;
  const optional = { Bucket: { check: table.Bucket.check }, Key: { check: table.Key.check } };
  checkParameters({ name, parameters: { ...table, ...optional } }, parameters);
  if (parameters.LocalFilePath !== undefined && parameters.Body !== undefined) throw notOneSource();
  objectHeaders(parameters);
}

/** The error of an upload without a source, or with two. */
export function notOneSource(): ArgumentTypeError {
  return new ArgumentTypeError("LocalFilePath", "or Body is required by uploadFile: exactly one of them");
}
