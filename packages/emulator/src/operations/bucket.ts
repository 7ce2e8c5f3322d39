import { CosErrorResponse } from "../errors.ts";
import { aclFrom, PRIVATE } from "../request/acl.ts";
import { BUCKET_NAME } from "../request/address.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { element } from "../xml/render.ts";
import { empty, isoTime, xml } from "./respond.ts";

/** HEAD /: whether the bucket exists, and its region. */
export async function headBucket(call: Call): Promise<EmulatorResponse> {
  // Throws NoSuchBucket.
  void call.bucket;
  return empty(200, { "x-cos-bucket-region": regionOf(call) });
}

/** That of the host or, where the host names none, of the option: a bucket of the emulator is in every region. */
function regionOf({ address, settings }: Call): string {
  return address.region ?? settings.region;
}

/** PUT /: creates a bucket. */
export async function putBucket(call: Call): Promise<EmulatorResponse> {
  const name = call.address.bucket ?? "";
  if (!BUCKET_NAME.test(name) || name.length > 63) {
    throw new CosErrorResponse("InvalidBucketName", "The specified bucket is not valid.");
  }
  // Before its ACL is read: rclone creates the bucket before each upload, with the ACL of objects.
  if (call.store.bucket(name)) throw alreadyOwned();
  const acl = aclFrom(call.headers, "bucket") ?? PRIVATE;
  if (!(await call.store.createBucket({ name, created: call.now, acl }))) throw alreadyOwned();
  return empty(200);
}

function alreadyOwned(): CosErrorResponse {
  return new CosErrorResponse(
    "BucketAlreadyOwnedByYou",
    "Your previous request to create the named bucket succeeded and you already own it.",
  );
}

/** DELETE /: removes an empty bucket. */
export async function deleteBucket(call: Call): Promise<EmulatorResponse> {
  const { bucket } = call;
  if (!(await call.store.removeBucket(bucket.record.name))) {
    throw new CosErrorResponse("BucketNotEmpty", "The bucket you tried to delete is not empty.");
  }
  return empty(204);
}

/** GET /?location: the region of the bucket. */
export async function getBucketLocation(call: Call): Promise<EmulatorResponse> {
  void call.bucket;
  return xml(element("LocationConstraint", regionOf(call)));
}

/** GET / on the host of the service: lists all buckets. */
export async function listBuckets(call: Call): Promise<EmulatorResponse> {
  const owner = [element("ID", call.owner), element("DisplayName", call.owner)];
  const buckets = call.store
    .buckets()
    .map(({ record }) =>
      element("Bucket", [
        element("Name", record.name),
        element("Location", call.settings.region),
        element("CreationDate", isoTime(record.created)),
      ]),
    );
  return xml(element("ListAllMyBucketsResult", [element("Owner", owner), element("Buckets", buckets)]));
}
