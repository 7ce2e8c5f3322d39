import type { ContractCase, Rig } from "./contract.ts";
import { noise, textBytes } from "./fixtures/bytes.ts";
import { quickClock } from "./fixtures/quick-clock.ts";
import { expectAbsent, expectStored } from "./fixtures/stored.ts";

/** A plain fetch without credentials, which reads the whole response. */
async function use(
  url: string,
  init: RequestInit = {},
): Promise<{ status: number; headers: Headers; text: string }> {
  const response = await fetch(url, { redirect: "manual", ...init });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

async function stored(rig: Rig, text: string): Promise<{ Bucket: string; Key: string }> {
  const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("presigned") };
  await rig.client.putObject({ ...object, Body: text });
  return object;
}

export const cases: readonly ContractCase[] = [
  {
    name: "a presigned PUT stores what a plain fetch sends",
    run: async (t, rig) => {
      const { Bucket, client } = rig;
      const Key = rig.uniqueKey("presigned 中 +");
      const bytes = noise(1000);
      const url = await client.getPresignedUrl({ Bucket, Key, Method: "PUT" });
      t.equal((await use(url, { method: "PUT", body: bytes })).status, 200, "status");
      await expectStored(t, rig, Key, bytes);
    },
  },
  {
    name: "a presigned GET reads the object",
    run: async (t, rig) => {
      const object = await stored(rig, "read me");
      const url = await rig.client.getPresignedUrl({ ...object, Method: "GET" });
      t.equal((await use(url)).text, "read me", "body");
    },
  },
  {
    name: "a presigned HEAD describes the object",
    run: async (t, rig) => {
      const object = await stored(rig, "12345");
      const url = await rig.client.getPresignedUrl({ ...object, Method: "HEAD" });
      const { status, headers } = await use(url, { method: "HEAD" });
      t.equal(status, 200, "status");
      t.ok(headers.get("x-cos-hash-crc64ecma"), "x-cos-hash-crc64ecma");
    },
  },
  {
    name: "a presigned DELETE removes the object",
    run: async (t, rig) => {
      const object = await stored(rig, "gone soon");
      const url = await rig.client.getPresignedUrl({ ...object, Method: "DELETE" });
      t.equal((await use(url, { method: "DELETE" })).status, 204, "status");
      await expectAbsent(t, rig, object.Key);
    },
  },
  {
    name: "a presigned part joins a multipart upload",
    run: async (t, rig) => {
      const { Bucket, client } = rig;
      const Key = rig.uniqueKey("presigned-part");
      const { UploadId } = await client.createMultipartUpload({ Bucket, Key });
      const Params = { partNumber: "1", uploadId: UploadId };
      const url = await client.getPresignedUrl({ Bucket, Key, Method: "PUT", Params });
      const bytes = noise(500);
      const { status, headers } = await use(url, { method: "PUT", body: bytes });
      t.equal(status, 200, "status");
      const Part = [{ PartNumber: 1, ETag: headers.get("etag") ?? "" }];
      await client.completeMultipartUpload({ Bucket, Key, UploadId, MultipartUpload: { Part } });
      await expectStored(t, rig, Key, bytes);
    },
  },
  {
    name: "signed parameters of a presigned GET take effect",
    run: async (t, rig) => {
      const object = await stored(rig, "x");
      const disposition = `attachment; filename="a b+c.txt"`;
      const Params = { "response-content-disposition": disposition };
      const url = await rig.client.getPresignedUrl({ ...object, Method: "GET", Params });
      t.equal((await use(url)).headers.get("content-disposition"), disposition, "content-disposition");
    },
  },
  {
    name: "signed headers of a presigned PUT must be sent as they were signed",
    run: async (t, rig) => {
      const { Bucket, client } = rig;
      const Key = rig.uniqueKey("presigned-type");
      const Headers = { "Content-Type": "text/markdown" };
      const url = await client.getPresignedUrl({ Bucket, Key, Method: "PUT", Headers });
      const put = (type: string) =>
        use(url, { method: "PUT", body: textBytes("# hi"), headers: { "content-type": type } });
      t.equal((await put("text/html")).status, 403, "status with another type");
      t.equal((await put("text/markdown")).status, 200, "status with the signed type");
      t.equal((await client.headObject({ Bucket, Key })).ContentType, "text/markdown", "ContentType");
    },
  },
  {
    name: "a presigned PUT is bound to every header that it names, also those that requests leave unsigned",
    run: async (t, rig) => {
      const { Bucket, client } = rig;
      const Key = rig.uniqueKey("presigned-language");
      const Headers = { "Content-Language": "de", "X-Custom": "1" };
      const url = await client.getPresignedUrl({ Bucket, Key, Method: "PUT", Headers });
      const put = (headers: Record<string, string>) =>
        use(url, { method: "PUT", body: textBytes("hallo"), headers });
      t.equal(
        (await put({ ...Headers, "Content-Language": "en" })).status,
        403,
        "status in another language",
      );
      t.equal((await put({ "Content-Language": "de" })).status, 403, "status without one of them");
      t.equal((await put(Headers)).status, 200, "status with both");
      t.equal((await client.headObject({ Bucket, Key })).headers["content-language"], "de", "the language");
    },
  },
  {
    name: "a presigned URL is for its method only",
    run: async (t, rig) => {
      const object = await stored(rig, "read only");
      const url = await rig.client.getPresignedUrl({ ...object, Method: "GET" });
      t.equal((await use(url, { method: "DELETE" })).status, 403, "status");
      t.equal((await use(url)).text, "read only", "the object afterwards");
    },
  },
  {
    name: "a presigned URL is for its key only",
    run: async (t, rig) => {
      const object = await stored(rig, "mine");
      const other = await stored(rig, "other");
      const url = await rig.client.getPresignedUrl({ ...object, Method: "GET" });
      const turned = url.replace(object.Key, other.Key);
      t.ok(turned !== url, "another URL");
      t.equal((await use(turned)).status, 403, "status");
    },
  },
  {
    name: "a presigned URL ends when its time is over",
    run: async (t, rig) => {
      const object = await stored(rig, "late");
      const client = rig.createClient({}, undefined, quickClock({ offsetMs: -120_000 }));
      const ask = async (Expired: number) =>
        (await use(await client.getPresignedUrl({ ...object, Method: "GET", Expired }))).status;
      t.equal(await ask(60), 403, "status after it has expired");
      t.equal(await ask(600), 200, "status while it is valid");
    },
  },
  {
    name: "a presigned URL of temporary credentials carries their token",
    run: async (t, rig) => {
      const { Bucket, temporary } = rig;
      const Key = rig.uniqueKey("presigned-token");
      const { secretId: SecretId, secretKey: SecretKey, token: Token } = temporary;
      const client = rig.createClient({ SecretId, SecretKey, Token });
      const url = await client.getPresignedUrl({ Bucket, Key, Method: "PUT" });
      t.equal((await use(url, { method: "PUT", body: textBytes("x") })).status, 200, "status");
      t.equal(new URL(url).searchParams.get("x-cos-security-token"), Token ?? null, "token");
    },
  },
  {
    name: "without SignHost a presigned URL does not sign the host",
    run: async (t, rig) => {
      const object = await stored(rig, "any host");
      const url = await rig.client.getPresignedUrl({ ...object, Method: "GET", SignHost: false });
      t.equal(new URL(url).searchParams.get("q-header-list"), "", "q-header-list");
      t.equal((await use(url)).text, "any host", "body");
    },
  },
  {
    name: "getPresignedUrl() sends nothing",
    run: async (t, rig) => {
      const client = rig.createClient({ Endpoint: "http://127.0.0.1:1/{Bucket}" });
      const url = await client.getPresignedUrl({ Bucket: rig.Bucket, Key: "k", Method: "GET" });
      t.match(url, /^http:\/\/127\.0\.0\.1:1\//, "url");
    },
  },
  {
    name: "the secret key is not in a presigned URL",
    run: async (t, rig) => {
      const url = await rig.client.getPresignedUrl({ Bucket: rig.Bucket, Key: "k", Method: "GET" });
      t.equal(url.includes(rig.secretKey), false, "the secret in the URL");
      t.equal(url.includes(rig.secretId), true, "the id in the URL");
    },
  },
];
