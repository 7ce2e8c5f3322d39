import { callClient } from "../call-client.ts";
import type { ClientBase } from "../client-base.ts";
import { ArgumentTypeError, ServiceError } from "../errors.ts";
import type { CallOptions } from "../params/call-options.ts";
import { flag, record, text } from "../params/checks.ts";
import { checkKey } from "../params/key.ts";
import { MAX_PAGE_SIZE } from "../params/limits.ts";
import { BUCKET, CALL } from "../params/shared-parameters.ts";
import type { Method } from "../params/table.ts";
import {
  type DeleteContext,
  type DeleteObjectsResult,
  type DeleteRequest,
  deleteMultipleObjects,
  type ObjectIdentifier,
} from "../requests/delete-multiple-objects.ts";
import { deleteObject } from "../requests/delete-object.ts";

/** The parameter table of deleteObjects. */
export const DELETE_OBJECTS = {
  name: "deleteObjects",
  parameters: {
    Bucket: BUCKET,
    Objects: { check: checkObjects, required: true },
    Quiet: { check: flag },
    ...CALL,
  },
} as const satisfies Method;

/** The parameters of {@link deleteObjects}. */
export interface DeleteObjectsParameters extends CallOptions {
  /** The bucket, as BucketName-APPID. */
  readonly Bucket: string;
  /** What to delete, any number; 1000 go into one request. None: nothing is sent. */
  readonly Objects: readonly ObjectIdentifier[];
  /** Report only what could not be deleted; default false. */
  readonly Quiet?: boolean | undefined;
}

/**
 * Deletes any number of objects, up to 1000 with each request. An object that is not there counts as deleted. One that
 * cannot be deleted is reported in `Errors` and does not stop the others. When a whole request fails, or the signal aborts,
 * the call rejects, and what was deleted until then stays deleted: make it again, deleting what is gone does no harm.
 *
 * A key that an XML document might change (control characters, white space at its ends) is deleted by a request of its own,
 * so that never another object is deleted.
 * @throws {TypeError} {@link RangeError} an item of `Objects` is not `{ Key, VersionId? }`
 * @throws {ServiceError} COS refused a request; `TransportError`: no response after all retries
 *
 * @example
 * ```ts
 * import { createCos } from "@cosup/node";
 * import { deleteObjects } from "@cosup/node/objects";
 *
 * const cos = createCos({ Region: "ap-guangzhou", SecretId: "…", SecretKey: "…" });
 * const Bucket = "examplebucket-1250000000";
 * const { Errors } = await deleteObjects(cos, { Bucket, Objects: [{ Key: "a.txt" }, { Key: "b.txt" }] });
 * for (const { Key, Code } of Errors) console.error(`${Key} was not deleted: ${Code}`);
 * ```
 */
export async function deleteObjects(
  cos: ClientBase,
  parameters: DeleteObjectsParameters,
): Promise<DeleteObjectsResult> {
  return callClient(cos, DELETE_OBJECTS, deleteInRequests, parameters);
}

async function deleteInRequests(
  context: DeleteContext,
  { Bucket, Objects, Quiet = false, signal }: DeleteObjectsParameters,
): Promise<DeleteObjectsResult> {
  const together = Objects.filter(({ Key }) => isExactInXml(Key));
  const alone = Objects.filter(({ Key }) => !isExactInXml(Key));
  const results: DeleteObjectsResult[] = [];
  for (let from = 0; from < together.length; from += MAX_PAGE_SIZE) {
    const batch = together.slice(from, from + MAX_PAGE_SIZE);
    results.push(await deleteMultipleObjects(context, { Bucket, Objects: batch, Quiet, signal }));
  }
  for (const item of alone) {
    results.push(await deleteAlone(context, { Bucket, Objects: [item], Quiet, signal }, item));
  }
  return {
    Deleted: results.flatMap(({ Deleted }) => Deleted),
    Errors: results.flatMap(({ Errors }) => Errors),
    requestIds: results.flatMap(({ requestIds }) => requestIds),
  };
}

/**
 * Whether every XML parser reads the key as it was written. XML 1.0 has no control characters but tab and line breaks,
 * which parsers may change, and some trim text.
 */
function isExactInXml(key: string): boolean {
  return !/[\p{Cc}\ufffe\uffff]/u.test(key) && key.trim() === key;
}

/** DELETE Object in place of a document, with its result in the same form. */
async function deleteAlone(
  context: DeleteContext,
  { Bucket, Quiet, signal }: DeleteRequest,
  { Key, VersionId }: ObjectIdentifier,
): Promise<DeleteObjectsResult> {
  try {
    const { requestId, versionId, headers } = await deleteObject(context, { Bucket, Key, VersionId, signal });
    const DeleteMarker = headers["x-cos-delete-marker"] === "true";
    const DeleteMarkerVersionId = DeleteMarker ? versionId : undefined;
    return {
      Deleted: Quiet ? [] : [{ Key, VersionId, DeleteMarker, DeleteMarkerVersionId }],
      Errors: [],
      requestIds: requestId === undefined ? [] : [requestId],
    };
  } catch (error) {
    // Of the bucket and of the whole account, an error is the call's.
    if (!(error instanceof ServiceError) || error.code !== "access-denied") throw error;
    const { cosCode: Code, message: Message, requestId } = error;
    return {
      Deleted: [],
      Errors: [{ Key, VersionId, Code, Message }],
      requestIds: requestId === undefined ? [] : [requestId],
    };
  }
}

function checkObjects(value: unknown, parameter: string): void {
  if (!Array.isArray(value)) {
    throw new ArgumentTypeError(parameter, "must be an array of { Key, VersionId? }");
  }
  for (const [index, item] of value.entries()) {
    const name = `${parameter}[${index}]`;
    record(item, name);
    // A misspelt VersionId would delete the current version.
    const unknown = Object.keys(item).find((field) => field !== "Key" && field !== "VersionId");
    if (unknown !== undefined)
      throw new ArgumentTypeError(name, `must be { Key, VersionId? }, without ${unknown}`);
    checkKey(item.Key, `${name}.Key`);
    if (item.VersionId !== undefined) text(item.VersionId, `${name}.VersionId`);
  }
}
