/**
 * The objects of a bucket: list them, delete many at once. Functions that take a client first, apart from the client, so
 * that a program that only uploads does not carry them.
 *
 * @module
 */
export type {
  DeletedObject,
  DeleteFailure,
  DeleteObjectsResult,
  ObjectIdentifier,
} from "../requests/delete-multiple-objects.ts";
export type {
  DeleteMarkerInfo,
  ListObjectVersionsParameters,
  ListObjectVersionsResult,
  ObjectVersionInfo,
} from "../requests/list-object-versions.ts";
export type { ListObjectsParameters, ListObjectsResult, ObjectInfo } from "../requests/list-objects.ts";
export type { ListPage, ListParameters } from "../requests/list-page.ts";
export { type DeleteObjectsParameters, deleteObjects } from "./delete-objects.ts";
export { eachFolderEntry, type FolderEntry } from "./each-folder-entry.ts";
export { type EachObjectParameters, eachObject } from "./each-object.ts";
export {
  type EachObjectVersion,
  type EachObjectVersionParameters,
  eachObjectVersion,
  listObjectVersions,
} from "./list-object-versions.ts";
export { listObjects } from "./list-objects.ts";
