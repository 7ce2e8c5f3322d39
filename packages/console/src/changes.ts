import type { LiveEvent } from "./data.ts";

/** Operations that change which objects there are. */
const OBJECTS = /^(?:Put|Post|Append|Copy|Delete|Restore)|^CompleteMultipartUpload$/;
/** Operations that begin or end an upload. */
const UPLOADS = /^(?:Initiate|Complete|Abort)MultipartUpload$/;
const BUCKETS = /Bucket/;

/** Whether an event may have changed the objects of a bucket, or of any. */
export function changesObjects({ requests, missed }: LiveEvent, bucket?: string): boolean {
  const here = requests.filter((each) => bucket === undefined || each.bucket === bucket);
  return missed > 0 || here.some(({ operation = "", status }) => OBJECTS.test(operation) && wasDone(status));
}

/** Whether an event may have begun or ended an upload. After a response that was lost, it may have, too. */
export function changesUploads({ requests, missed }: LiveEvent): boolean {
  return missed > 0 || requests.some(({ operation = "" }) => UPLOADS.test(operation));
}

export function changesBuckets({ requests }: LiveEvent): boolean {
  return requests.some(({ operation = "" }) => BUCKETS.test(operation));
}

/** A fault may hide that an operation succeeded. */
function wasDone(status: number | "hung-up"): boolean {
  return status === "hung-up" || status < 300 || status >= 500;
}
