import { createHash } from "node:crypto";
import { Agent, type ClientRequestArgs } from "node:http";
import { connect } from "node:net";
import { Readable } from "node:stream";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { follow, KEYS, MiB } from "./official-client.ts";
import { BUCKET as Bucket, LARGE, openS3Rig, type S3Rig, SMALL } from "./s3-rig.ts";

let rig: S3Rig;
/** The x-amz-content-sha256 of every request. */
const payloads: (string | undefined)[] = [];
beforeAll(async () => {
  rig = await openS3Rig({
    middleware: [
      (call, next) => {
        payloads.push(call.header("x-amz-content-sha256"));
        return next();
      },
    ],
  });
});
afterAll(() => rig.stop());

const credentials = { accessKeyId: KEYS.secretId, secretAccessKey: KEYS.secretKey };
const base: S3ClientConfig = { region: "ap-guangzhou", credentials, maxAttempts: 1 };

/** Connects to the emulator, whatever the host name is. */
class EmulatorAgent extends Agent {
  override createConnection(_: ClientRequestArgs): ReturnType<typeof connect> {
    return connect(rig.port, "127.0.0.1");
  }
}

const ADDRESSING = {
  "path-style": (): S3ClientConfig => ({ endpoint: rig.url, forcePathStyle: true }),
  "virtual-hosted": (): S3ClientConfig => ({
    endpoint: "http://cos.ap-guangzhou.myqcloud.com",
    requestHandler: { httpAgent: new EmulatorAgent() },
  }),
};

async function bytesOf(s3: S3Client, Key: string): Promise<Buffer> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

describe.each(["WHEN_SUPPORTED", "WHEN_REQUIRED"] as const)("checksums %s", (mode) => {
  describe.each(Object.entries(ADDRESSING))("%s", (style, address) => {
    const prefix = `${mode}/${style}`;
    let s3: S3Client;
    beforeAll(() => {
      s3 = new S3Client({
        ...base,
        ...address(),
        requestChecksumCalculation: mode,
        responseChecksumValidation: mode,
      });
    });
    afterAll(() => s3.destroy());

    test("PutObject, GetObject, HeadObject", async () => {
      const Key = `${prefix}/put 中+.txt`;
      const written = { Metadata: { a: "1" }, StorageClass: "STANDARD_IA", Tagging: "k=v" } as const;
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: SMALL, ContentType: "text/x", ...written }));
      expect((await bytesOf(s3, Key)).equals(SMALL)).toBe(true);
      const head = await s3.send(new HeadObjectCommand({ Bucket, Key }));
      const { Metadata, StorageClass } = written;
      expect(head).toMatchObject({
        ContentLength: SMALL.length,
        ContentType: "text/x",
        Metadata,
        StorageClass,
      });
      expect(head.ETag).toBe(`"${createHash("md5").update(SMALL).digest("hex")}"`);
      expect(head.$metadata.requestId).toMatch(/^[A-Za-z0-9+/=]{36,}$/);
      const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key }));
      expect(TagSet).toEqual([{ Key: "k", Value: "v" }]);
    });

    test("a stream of known length", async () => {
      const Key = `${prefix}/stream`;
      const Body = Readable.from([SMALL.subarray(0, 1000), SMALL.subarray(1000)]);
      payloads.length = 0;
      await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentLength: SMALL.length }));
      expect((await bytesOf(s3, Key)).equals(SMALL)).toBe(true);
      const framed = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
      expect(payloads[0]).toBe(mode === "WHEN_SUPPORTED" ? framed : "UNSIGNED-PAYLOAD");
      // aws-chunked is a framing, not an encoding of the content.
      const { ContentEncoding } = await s3.send(new HeadObjectCommand({ Bucket, Key }));
      expect(ContentEncoding).toBeUndefined();
    });

    test("Upload of a stream of unknown length, in parts", async () => {
      const Key = `${prefix}/upload`;
      const Body = Readable.from(chunksOf(LARGE, MiB - 1));
      const upload = new Upload({ client: s3, params: { Bucket, Key, Body }, partSize: 5 * MiB });
      const { ETag } = await upload.done();
      expect(ETag).toMatch(/^"[0-9a-f]{32}-3"$/);
      expect((await bytesOf(s3, Key)).equals(LARGE)).toBe(true);
    });

    test("lists, copies, deletes", async () => {
      const Prefix = `${prefix}/list/`;
      for (const name of ["a", "b", "c"]) {
        await s3.send(new PutObjectCommand({ Bucket, Key: Prefix + name, Body: name }));
      }
      const seen: string[] = [];
      for await (const page of paginateListObjectsV2({ client: s3, pageSize: 2 }, { Bucket, Prefix })) {
        for (const { Key } of page.Contents ?? []) seen.push(Key ?? "");
      }
      expect(seen).toEqual([`${Prefix}a`, `${Prefix}b`, `${Prefix}c`]);
      const CopySource = `${Bucket}/${Prefix}a`;
      const copied = await s3.send(new CopyObjectCommand({ Bucket, Key: `${Prefix}d`, CopySource }));
      expect(copied.CopyObjectResult?.ETag).toBe(`"${createHash("md5").update("a").digest("hex")}"`);
      await s3.send(new DeleteObjectCommand({ Bucket, Key: `${Prefix}a` }));
      const { KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
      expect(KeyCount).toBe(3);
      await s3.send(new HeadBucketCommand({ Bucket }));
      const { LocationConstraint } = await s3.send(new GetBucketLocationCommand({ Bucket }));
      expect(LocationConstraint).toBe("ap-guangzhou");
    });

    test("DeleteObjects is refused without Content-MD5, as on COS", async () => {
      const Delete = { Objects: [{ Key: `${prefix}/stream` }] };
      const refused = s3.send(new DeleteObjectsCommand({ Bucket, Delete }));
      await expect(refused).rejects.toMatchObject({
        name: "InvalidRequest",
        message: "Missing required header for this request: Content-MD5",
      });
      const withMd5 = new DeleteObjectsCommand({ Bucket, Delete });
      withMd5.middlewareStack.add(
        (next) => (args) => {
          const request = args.request as { body: string; headers: Record<string, string> };
          request.headers["content-md5"] = createHash("md5").update(request.body).digest("base64");
          return next(args);
        },
        { step: "build", priority: "low" },
      );
      expect((await s3.send(withMd5)).Deleted).toEqual([{ Key: `${prefix}/stream` }]);
    });

    test("presigned URLs", async () => {
      const Key = `${prefix}/presigned`;
      const putUrl = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key }), { expiresIn: 60 });
      const put = await follow(rig.port, "PUT", putUrl, "by URL", { "content-length": "6" });
      expect(put.status).toBe(200);
      const getUrl = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key }), { expiresIn: 60 });
      expect((await follow(rig.port, "GET", getUrl)).text).toBe("by URL");
      expect((await follow(rig.port, "DELETE", getUrl)).text).toContain("SignatureDoesNotMatch");
    });
  });
});

test("a wrong secret is named", async () => {
  const wrong = { ...credentials, secretAccessKey: "wrong" };
  const s3 = new S3Client({ ...base, ...ADDRESSING["path-style"](), credentials: wrong });
  await expect(s3.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 403 },
  });
  await expect(s3.send(new ListObjectsV2Command({ Bucket }))).rejects.toThrow(/signature/i);
});

function* chunksOf(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
