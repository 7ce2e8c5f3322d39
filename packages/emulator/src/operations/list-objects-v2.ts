import { CosErrorResponse } from "../errors.ts";
import { isAfter, listingEncoder, pageSize } from "../request/paging.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { element } from "../xml/render.ts";
import { contents, objectOwner, selectPage } from "./object-page.ts";
import { xml } from "./respond.ts";

/** GET /?list-type=2, S3's second form of the listing: the next page is named by a token. */
export async function listObjectsV2(call: Call): Promise<EmulatorResponse> {
  const { bucket, query } = call;
  const { encodingType, encode } = listingEncoder(query);
  const token = query.get("continuation-token");
  const startAfter = query.get("start-after");
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter");
  const maxKeys = pageSize(query, "max-keys", 0);
  const marker = later(token === undefined ? "" : keyOf(token), startAfter ?? "");
  const page = selectPage(bucket, { prefix, delimiter, marker, maxKeys });
  const owner = query.get("fetch-owner") === "true" ? objectOwner(bucket.record.name) : undefined;
  return xml(
    element("ListBucketResult", [
      element("Name", bucket.record.name),
      element("Prefix", encode(prefix)),
      delimiter === undefined ? undefined : element("Delimiter", encode(delimiter)),
      encodingType === undefined ? undefined : element("EncodingType", encodingType),
      element("MaxKeys", maxKeys),
      element("KeyCount", page.keys.length + page.prefixes.length),
      element("IsTruncated", page.nextMarker !== undefined),
      token === undefined ? undefined : element("ContinuationToken", token),
      page.nextMarker === undefined ? undefined : element("NextContinuationToken", tokenOf(page.nextMarker)),
      startAfter === undefined ? undefined : element("StartAfter", encode(startAfter)),
      ...page.keys.map((each) => contents(each, encode, owner)),
      ...page.prefixes.map((folder) => element("CommonPrefixes", [element("Prefix", encode(folder))])),
    ]),
  );
}

function later(a: string, b: string): string {
  return isAfter(a, b) ? a : b;
}

// Not the key itself, so that no client takes a token for a marker.
function tokenOf(key: string): string {
  return Buffer.from(`1${key}`).toString("base64");
}

function keyOf(token: string): string {
  const text = Buffer.from(token, "base64").toString("utf8");
  if (!text.startsWith("1") || tokenOf(text.slice(1)) !== token) {
    throw new CosErrorResponse("InvalidArgument", "The continuation token provided is incorrect");
  }
  return text.slice(1);
}
