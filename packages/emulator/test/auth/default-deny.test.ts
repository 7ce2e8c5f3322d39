import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import { OPERATION_NAMES } from "../../src/request/operation.ts";
import { type Ask, KEYS, type Rig, startRig } from "../rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.ask({ method: "PUT", path: "/private", body: "secret" });
});
afterAll(() => rig.stop());

const COPY = { "x-cos-copy-source": "test-1250000000.cos.ap-guangzhou.myqcloud.com/private" };
const PART = { partNumber: "1", uploadId: "u" };
const UNSIGNED_FORM = {
  headers: { "content-type": "multipart/form-data; boundary=b" },
  body:
    '--b\r\nContent-Disposition: form-data; name="key"\r\n\r\nprivate\r\n' +
    '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nguess\r\n--b--\r\n',
};
const REQUESTS: Readonly<Record<string, Omit<Ask, "path"> & { path?: string }>> = {
  AbortMultipartUpload: { method: "DELETE", query: { uploadId: "u" } },
  AppendObject: { method: "POST", query: { append: "", position: "0" } },
  CompleteMultipartUpload: { method: "POST", query: { uploadId: "u" } },
  CopyObject: { method: "PUT", headers: COPY },
  DeleteBucket: { method: "DELETE", path: "/" },
  DeleteBucketCors: { method: "DELETE", path: "/", query: { cors: "" } },
  DeleteMultipleObjects: { method: "POST", path: "/", query: { delete: "" } },
  DeleteObject: { method: "DELETE" },
  DeleteObjectTagging: { method: "DELETE", query: { tagging: "" } },
  GetBucketAcl: { method: "GET", path: "/", query: { acl: "" } },
  GetBucketCors: { method: "GET", path: "/", query: { cors: "" } },
  GetBucketLocation: { method: "GET", path: "/", query: { location: "" } },
  GetObject: { method: "GET" },
  GetObjectAcl: { method: "GET", query: { acl: "" } },
  GetObjectTagging: { method: "GET", query: { tagging: "" } },
  DeleteBucketLifecycle: { method: "DELETE", path: "/", query: { lifecycle: "" } },
  GetBucketLifecycle: { method: "GET", path: "/", query: { lifecycle: "" } },
  PutBucketLifecycle: { method: "PUT", path: "/", query: { lifecycle: "" } },
  GetBucketVersioning: { method: "GET", path: "/", query: { versioning: "" } },
  HeadBucket: { method: "HEAD", path: "/" },
  HeadObject: { method: "HEAD" },
  InitiateMultipartUpload: { method: "POST", query: { uploads: "" } },
  ListBuckets: { method: "GET", path: "/", host: "service.cos.myqcloud.com" },
  ListMultipartUploads: { method: "GET", path: "/", query: { uploads: "" } },
  ListObjects: { method: "GET", path: "/" },
  ListObjectVersions: { method: "GET", path: "/", query: { versions: "" } },
  ListParts: { method: "GET", query: { uploadId: "u" } },
  OptionsObject: { method: "OPTIONS", headers: { origin: "https://a.test" } },
  // Its own signature, of the form, is in test/post.
  PostObject: { method: "POST", path: "/", ...UNSIGNED_FORM },
  PutBucket: { method: "PUT", path: "/" },
  PutBucketVersioning: { method: "PUT", path: "/", query: { versioning: "" } },
  PutBucketAcl: { method: "PUT", path: "/", query: { acl: "" }, headers: { "x-cos-acl": "public-read" } },
  PutBucketCors: { method: "PUT", path: "/", query: { cors: "" }, body: "<CORSConfiguration/>" },
  PutObject: { method: "PUT", body: "x" },
  PutObjectAcl: { method: "PUT", query: { acl: "" } },
  PutObjectTagging: { method: "PUT", query: { tagging: "" } },
  RestoreObject: { method: "POST", query: { restore: "" } },
  UploadPart: { method: "PUT", query: PART, body: "x" },
  UploadPartCopy: { method: "PUT", query: PART, headers: COPY },
};

test("every operation has a request here", () => {
  expect(Object.keys(REQUESTS).sort()).toEqual(OPERATION_NAMES);
});

test.each(Object.entries(REQUESTS))("%s without a right signature is refused", async (_, request) => {
  const ask = { path: "/private", ...request };
  expect((await rig.ask({ ...ask, sign: false })).status).toBe(403);
  expect((await rig.ask({ ...ask, sign: { secretKey: "guess" } })).status).toBe(403);
  expect((await rig.ask({ ...ask, sign: { secretId: `${KEYS.secretId}@run` } })).status).toBe(403);
  expect((await rig.ask({ method: "GET", path: "/private" })).text).toBe("secret");
});

test("other addresses than loopback are not bound", async () => {
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === "IPv4" && !address.internal);
  // On a machine without another address this cannot be tested.
  const host = outside?.address ?? "127.0.0.2";
  await expect(fetch(`http://${host}:${rig.port}/`)).rejects.toMatchObject({
    cause: { code: "ECONNREFUSED" },
  });
  expect((await fetch(`http://127.0.0.1:${rig.port}/`)).status).toBe(403);
});
