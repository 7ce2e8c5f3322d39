/**
 * Uploads of what a program writes: a `WritableStream` in every runtime, and what adapters need to make a `Writable` of Node.
 *
 * @module
 */
export { createUploadStream, type UploadStream, type UploadStreamParameters } from "./upload-stream.ts";
export { type WriteDone, type WriteHandlers, writeHandlers } from "./write-handlers.ts";
