import { listingEncoder, pageSize } from "../request/paging.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { element } from "../xml/render.ts";
import { listObjectsV2 } from "./list-objects-v2.ts";
import { contents, objectOwner, selectPage } from "./object-page.ts";
import { xml } from "./respond.ts";

/** GET /: the objects of a bucket in key order, a page at a time. */
export async function listObjects(call: Call): Promise<EmulatorResponse> {
  const { bucket, query } = call;
  if (call.dialect === "s3" && query.get("list-type") === "2") return listObjectsV2(call);
  const { encodingType, encode } = listingEncoder(query);
  const wanted = {
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter"),
    marker: query.get("marker") ?? "",
    maxKeys: pageSize(query, "max-keys", 0),
  };
  const page = selectPage(bucket, wanted);
  const owner = objectOwner(bucket.record.name);
  return xml(
    element("ListBucketResult", [
      element("Name", bucket.record.name),
      encodingType === undefined ? undefined : element("EncodingType", encodingType),
      element("Prefix", encode(wanted.prefix)),
      element("Marker", encode(wanted.marker)),
      element("MaxKeys", wanted.maxKeys),
      wanted.delimiter === undefined ? undefined : element("Delimiter", encode(wanted.delimiter)),
      element("IsTruncated", page.nextMarker !== undefined),
      page.nextMarker === undefined ? undefined : element("NextMarker", encode(page.nextMarker)),
      ...page.keys.map((each) => contents(each, encode, owner)),
      ...page.prefixes.map((prefix) => element("CommonPrefixes", [element("Prefix", encode(prefix))])),
    ]),
  );
}
