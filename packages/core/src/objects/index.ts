/**
 * The objects of a bucket: list them, delete many at once. Functions that take a client first, apart from the client, so
 * that a program that only uploads does not carry them.
 *
 * @module
 */
export type { ListObjectsParameters, ListObjectsResult, ObjectInfo } from "../requests/list-objects.ts";
export { listObjects } from "./list-objects.ts";
