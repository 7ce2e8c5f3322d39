import type { DigestCore } from "../digest/digest-core.ts";
import type { RetryContext } from "../http/retry.ts";
import { toBase64 } from "../text/base64.ts";
import { utf8 } from "../text/utf8.ts";
import { booleanOf, elementsOf, textOf, type XmlElement } from "../xml/document.ts";
import { escapeText } from "../xml/escape-text.ts";
import { sendForDocument } from "./send-for-document.ts";
import { unexpectedResponse } from "./validate-response.ts";

/** An object, or one version of it. */
export interface ObjectIdentifier {
  /** The object's key. */
  readonly Key: string;
  /** A version of the object, in buckets with versioning; default: the current one. */
  readonly VersionId?: string | undefined;
}

/** What COS deleted. */
export interface DeletedObject extends ObjectIdentifier {
  /** In buckets with versioning: a delete marker was made (no `VersionId` given), or removed (its `VersionId` given). */
  readonly DeleteMarker: boolean;
  /** The version of that delete marker. */
  readonly DeleteMarkerVersionId?: string | undefined;
}

/** What COS did not delete, and why. */
export interface DeleteFailure extends ObjectIdentifier {
  /** COS's error code, `AccessDenied` for one. */
  readonly Code: string;
  /** COS's own words. */
  readonly Message: string;
}

/** The result of {@link deleteObjects}. */
export interface DeleteObjectsResult {
  /** What was deleted, or was not there; empty with `Quiet`. */
  readonly Deleted: readonly DeletedObject[];
  /** What could not be deleted. */
  readonly Errors: readonly DeleteFailure[];
  /** `x-cos-request-id` of each request, which Tencent's support asks for. */
  readonly requestIds: readonly string[];
}

/** One request for up to 1000 objects. */
export interface DeleteRequest {
  readonly Bucket: string;
  readonly Objects: readonly ObjectIdentifier[];
  readonly Quiet: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** What {@link deleteMultipleObjects} needs of the client. */
export type DeleteContext = RetryContext & {
  readonly digestCoreFor: (partBytes: number) => Promise<DigestCore>;
};

/**
 * DELETE Multiple Objects, one request. COS requires its Content-MD5. Deleting again does no harm, so it is retried; where
 * versioning is on, a retry after a lost response can make a second delete marker, as with DELETE Object. COS document
 * 436/8289.
 */
export async function deleteMultipleObjects(
  context: DeleteContext,
  { Bucket, Objects, Quiet, signal }: DeleteRequest,
): Promise<DeleteObjectsResult> {
  const operation = "deleteObjects";
  const body = utf8(deleteDocument(Objects, Quiet));
  const md5 = (await context.digestCoreFor(0)).md5Stream();
  md5.update(body);
  const { response, document } = await sendForDocument(
    context,
    "DeleteResult",
    {
      operation,
      method: "POST",
      Bucket,
      Key: "",
      query: [["delete", ""]],
      headers: { "content-type": "application/xml", "content-md5": toBase64(md5.digest()) },
      body,
      idempotent: true,
      signal,
    },
    (candidate, from) => {
      if (!Quiet && !namesAll(candidate, Objects)) throw unexpectedResponse(operation, from, "not every key");
    },
  );
  const requestId = response.headers.get("x-cos-request-id");
  return {
    Deleted: elementsOf(document, "Deleted").map(readDeleted),
    Errors: elementsOf(document, "Error").map(readFailure),
    requestIds: requestId === null ? [] : [requestId],
  };
}

function deleteDocument(objects: readonly ObjectIdentifier[], quiet: boolean): string {
  const items = objects.map(({ Key, VersionId }) => {
    const version = VersionId ? `<VersionId>${escapeText(VersionId)}</VersionId>` : "";
    return `<Object><Key>${escapeText(Key)}</Key>${version}</Object>`;
  });
  return `<Delete><Quiet>${quiet}</Quiet>${items.join("")}</Delete>`;
}

/** Whether the response says of every object what became of it. */
function namesAll(document: XmlElement, objects: readonly ObjectIdentifier[]): boolean {
  const items = ["Deleted", "Error"].flatMap((name) => elementsOf(document, name));
  const named = new Set(items.map((item) => textOf(item, "Key")));
  return objects.every(({ Key }) => named.has(Key));
}

function readDeleted(item: XmlElement): DeletedObject {
  return {
    ...readIdentifier(item),
    DeleteMarker: booleanOf(item, "DeleteMarker"),
    DeleteMarkerVersionId: textOf(item, "DeleteMarkerVersionId") || undefined,
  };
}

function readFailure(item: XmlElement): DeleteFailure {
  return {
    ...readIdentifier(item),
    Code: textOf(item, "Code") ?? "",
    Message: textOf(item, "Message") ?? "",
  };
}

function readIdentifier(item: XmlElement): ObjectIdentifier {
  return { Key: textOf(item, "Key") ?? "", VersionId: textOf(item, "VersionId") || undefined };
}
