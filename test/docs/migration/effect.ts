import { isCosError } from "@cosup/node";
import { type MigrationRig, PLACE } from "./rig.ts";

const { Bucket } = PLACE;

/** What a call left behind under a key. */
export interface Effect {
  /** Size and CRC64; undefined: there is no object. */
  readonly object: string | undefined;
  readonly tags: string;
  /** The number of parts of every unfinished upload. */
  readonly uploads: readonly number[];
}

/**
 * Makes a key as a call expects it: an object with a tag, and an unfinished upload with one part. A first append needs a
 * key without an object.
 * @returns the variables for the call
 */
export async function prepareKey({ cos }: MigrationRig, Key: string, code: string) {
  for await (const { UploadId } of cos.eachMultipartUpload({ Bucket, Prefix: Key }))
    await cos.abortMultipartUpload({ Bucket, Key, UploadId });
  await cos.deleteObject({ Bucket, Key });
  if (!/append/i.test(code)) await cos.putObject({ Bucket, Key, Body: "before", Tagging: "team=docs" });
  const { UploadId } = await cos.createMultipartUpload({ Bucket, Key });
  const part = { Bucket, Key, UploadId, PartNumber: 1 };
  const { ETag } = await cos.uploadPart({ ...part, Body: new Uint8Array(1024 * 1024) });
  return { Key, UploadId, ETag, Parts: [{ PartNumber: 1, ETag }] };
}

export async function effectOf({ cos }: MigrationRig, Key: string): Promise<Effect> {
  const [object, tags] = await Promise.all([
    absent(cos.headObject({ Bucket, Key }).then(({ ContentLength, crc64 }) => `${ContentLength} ${crc64}`)),
    absent(cos.getObjectTagging({ Bucket, Key }).then(({ TagSet }) => JSON.stringify(TagSet))),
  ]);
  const uploads: number[] = [];
  for await (const { UploadId } of cos.eachMultipartUpload({ Bucket, Prefix: Key })) {
    const { Part } = await cos.listParts({ Bucket, Key, UploadId });
    uploads.push(Part.length);
  }
  return { object, tags: tags ?? "none", uploads: uploads.sort() };
}

async function absent<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (isCosError(error) && error.code === "not-found") return undefined;
    throw error;
  }
}

/** Fields whose values belong to one call: another time, another upload, or a form that the page says differs. */
const OWN = new Set(["UploadId", "Location", "RequestId", "requestId", "LastModified", "headers", "Body"]);

/** The fields that two results share and that have different values. */
export function disagreements(theirs: unknown, ours: unknown): string[] {
  if (!isRecord(theirs) || !isRecord(ours)) return [];
  return Object.keys(theirs).filter((name) => {
    const [one, other] = [theirs[name], ours[name]];
    if (OWN.has(name) || one === undefined || other === undefined) return false;
    if (typeof one === "object" || typeof other === "object") return false;
    // Another number of parts is another ETag.
    if (name === "ETag" && /-\d+"/.test(`${one}${other}`)) return false;
    return String(one) !== String(other);
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
