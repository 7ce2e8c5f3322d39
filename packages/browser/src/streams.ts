/**
 * Uploads of what a program writes: `createUploadStream()` for a `WritableStream`.
 *
 * @module
 */
export { createUploadStream, type UploadStream, type UploadStreamParameters } from "@cosup/core/streams";
