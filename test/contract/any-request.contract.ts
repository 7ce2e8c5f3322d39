import { ServiceError, TransportError } from "@cosup/core";
import type { ContractCase, Rig } from "./contract.ts";
import { readAll } from "./fixtures/bytes.ts";
import { losesResponse, refuses, Script } from "./fixtures/faults.ts";
import { quickClock } from "./fixtures/quick-clock.ts";

const TAGGING = "<Tagging><TagSet><Tag><Key>k</Key><Value>a &amp; b</Value></Tag></TagSet></Tagging>";

async function stored(rig: Rig, text: string): Promise<{ Bucket: string; Key: string }> {
  const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("any request 中 +") };
  await rig.client.putObject({ ...object, Body: text });
  return object;
}

const requests: readonly ContractCase[] = [
  {
    name: "request() sends a document with its MD5, and reads one",
    run: async (t, rig) => {
      const object = await stored(rig, "x");
      const Query = { tagging: "" };
      const put = { ...object, Query, Body: TAGGING, ContentMD5: true } as const;
      t.equal((await rig.client.request({ Method: "PUT", ...put })).statusCode, 200, "status");
      const { body, RequestId, headers } = await rig.client.request({ Method: "GET", ...object, Query });
      t.match(body, /<Value>a &amp; b<\/Value>/, "body");
      t.equal(headers["x-cos-request-id"], RequestId, "RequestId");
      t.deepEqual((await rig.client.getObjectTagging(object)).TagSet, [{ Key: "k", Value: "a & b" }], "tags");
    },
  },
  {
    name: "request() without a key is for the bucket",
    run: async (t, rig) => {
      const object = await stored(rig, "x");
      const { body } = await rig.client.request({
        Method: "GET",
        Bucket: rig.Bucket,
        Query: { prefix: object.Key, "max-keys": 5 },
      });
      t.match(body, /<ListBucketResult/, "body");
      t.ok(body.includes(`<Key>${object.Key}</Key>`), "the key in the list");
      const head = await rig.client.request({ Method: "HEAD", Bucket: rig.Bucket });
      t.equal(head.headers["x-cos-bucket-region"], rig.Region, "region");
      t.equal(head.body, "", "body of a HEAD");
    },
  },
  {
    name: "request() returns a stream when it is asked for one",
    run: async (t, rig) => {
      const object = await stored(rig, "stream me");
      const { body } = await rig.client.request({ Method: "GET", ...object, stream: true });
      if (body === null) throw new Error("no body");
      t.equal(new TextDecoder().decode(await readAll(body)), "stream me", "body");
    },
  },
  {
    name: "request() sends a PUT and a POST without a body",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("empty") };
      await rig.client.request({ Method: "PUT", ...object });
      t.equal((await rig.client.headObject(object)).ContentLength, 0, "bytes");
      const { body } = await rig.client.request({ Method: "POST", ...object, Query: { uploads: "" } });
      const [, UploadId = ""] = /<UploadId>(.+)<\/UploadId>/.exec(body) ?? [];
      await rig.client.abortMultipartUpload({ ...object, UploadId });
    },
  },
  {
    name: "request() rejects with COS's error",
    run: async (t, rig) => {
      const missing = { Bucket: rig.Bucket, Key: rig.uniqueKey("missing") };
      await t.throws(() => rig.client.request({ Method: "GET", ...missing }), ServiceError, {
        code: "not-found",
        cosCode: "NoSuchKey",
        requestId: /./,
      });
    },
  },
  {
    name: "request() repeats a PUT whose response was lost, but no POST",
    run: async (t, rig) => {
      const script = new Script({ PutObject: [losesResponse], InitiateMultipartUpload: [losesResponse] });
      const client = rig.createClient({}, script.wrap, quickClock());
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("lost") };
      await client.request({ Method: "PUT", ...object, Body: "x" });
      t.equal(script.count("PutObject"), 2, "PUTs");
      const post = { Method: "POST", ...object, Query: { uploads: "" } } as const;
      await t.throws(() => client.request(post), TransportError, { code: "connection-reset" });
      t.equal(script.count("InitiateMultipartUpload"), 1, "POSTs");
    },
  },
  {
    name: "a redirect to another region is a hint with its name",
    run: async (t, rig) => {
      const location = `https://${rig.Bucket}.cos.eu-frankfurt.myqcloud.com/`;
      const script = new Script({ HeadObject: refuses(301, "PermanentRedirect", { location }) });
      const client = rig.createClient({}, script.wrap, quickClock());
      const error = await t.throws(() => client.headObject({ Bucket: rig.Bucket, Key: "k" }), ServiceError, {
        code: "unexpected-response",
        status: 301,
      });
      t.match(error.hint ?? "", /^the bucket is in eu-frankfurt: give that Region instead of /, "hint");
    },
  },
];

const signatures: readonly ContractCase[] = [
  {
    name: "a plain fetch sends what sign() has signed",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("signed 中 +") };
      const Headers = { "content-type": "text/markdown", "x-cos-meta-a": "1" };
      const put = await rig.client.sign({ Method: "PUT", ...object, Headers });
      const body = new TextEncoder().encode("# hi");
      const done = await fetch(put.url, { method: "PUT", headers: put.headers, body });
      await done.arrayBuffer();
      t.equal(done.status, 200, "status");
      const head = await rig.client.headObject(object);
      t.equal(head.ContentType, "text/markdown", "type");
      t.equal(head.Metadata["x-cos-meta-a"], "1", "metadata");
    },
  },
  {
    name: "what sign() has signed is valid for its method, query and headers only",
    run: async (t, rig) => {
      const object = await stored(rig, "mine");
      const Headers = { "x-cos-traffic-limit": "1000000" };
      const { url, headers } = await rig.client.sign({ Method: "GET", ...object, Headers });
      const status = async (address: string, init: RequestInit): Promise<number> => {
        const response = await fetch(address, init);
        await response.arrayBuffer();
        return response.status;
      };
      t.equal(await status(url, { headers }), 200, "status");
      t.equal(await status(url, { headers, method: "DELETE" }), 403, "status of another method");
      const { authorization = "" } = headers;
      t.equal(await status(url, { headers: { authorization } }), 403, "status without a header");
      t.equal(
        await status(url, { headers: { ...headers, "x-cos-traffic-limit": "2000000" } }),
        403,
        "another value",
      );
    },
  },
  {
    name: "sign() of temporary credentials has their token",
    run: async (t, rig) => {
      const { secretId: SecretId, secretKey: SecretKey, token: Token } = rig.temporary;
      const client = rig.createClient({ SecretId, SecretKey, Token });
      const { url, headers } = await client.sign({ Method: "GET", Bucket: rig.Bucket, Query: { acl: "" } });
      t.equal(headers["x-cos-security-token"], Token, "token");
      const response = await fetch(url, { headers });
      t.match(await response.text(), /<AccessControlPolicy/, "body");
    },
  },
  {
    name: "what sign() has signed ends when its time is over",
    run: async (t, rig) => {
      const object = await stored(rig, "late");
      const client = rig.createClient({}, undefined, quickClock({ offsetMs: -120_000 }));
      const ask = async (Expires: number): Promise<number> => {
        const { url, headers } = await client.sign({ Method: "HEAD", ...object, Expires });
        return (await fetch(url, { method: "HEAD", headers })).status;
      };
      t.equal(await ask(60), 403, "status after it has expired");
      t.equal(await ask(600), 200, "status while it is valid");
    },
  },
];

export const cases: readonly ContractCase[] = [...requests, ...signatures];
