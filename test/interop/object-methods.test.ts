import { createReadStream, createWriteStream } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import type COS from "cos-nodejs-sdk-v5";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MiB, openRig, PLACE, pattern, type Rig, refusal } from "./official-client.ts";

// One case for each method that test/interop/README.md lists, named after it.
let rig: Rig;
let cos: COS;
const bytes = pattern(2 * MiB + 3);
beforeAll(async () => {
  rig = await openRig();
  cos = rig.client();
});
afterAll(() => rig.stop());

const at = (Key: string) => ({ ...PLACE, Key });
const textOf = async (Key: string): Promise<string> => (await cos.getObject(at(Key))).Body.toString();

describe("whole objects", () => {
  test("putObject: buffer, text and stream, with every header", async () => {
    const file = join(rig.directory, "put.bin");
    await writeFile(file, bytes);
    const loaded: number[] = [];
    const put = await cos.putObject({
      ...at("put/buffer"),
      Body: bytes,
      ACL: "public-read",
      CacheControl: "max-age=60",
      ContentDisposition: "attachment",
      ContentEncoding: "identity",
      ContentType: "text/x-test",
      Expires: "Wed, 21 Oct 2026 07:28:00 GMT",
      StorageClass: "STANDARD_IA",
      ServerSideEncryption: "AES256",
      "x-cos-meta-name": "value",
      Headers: { "x-cos-tagging": "a=1", "x-cos-traffic-limit": "838860800" },
      onProgress: ({ loaded: sent }) => loaded.push(sent),
    });
    expect(put).toMatchObject({ statusCode: 200, Location: expect.stringMatching(/\/put\/buffer$/) });
    expect(put.headers).toMatchObject({ "x-cos-server-side-encryption": "AES256" });
    expect(loaded.at(-1)).toBe(bytes.length);
    expect((await cos.headObject(at("put/buffer"))).headers).toMatchObject({
      "cache-control": "max-age=60",
      "content-disposition": "attachment",
      "content-encoding": "identity",
      "content-type": "text/x-test",
      expires: "Wed, 21 Oct 2026 07:28:00 GMT",
      "x-cos-storage-class": "STANDARD_IA",
      "x-cos-meta-name": "value",
      "x-cos-tagging-count": "1",
    });
    await cos.putObject({ ...at("put/stream"), Body: createReadStream(file) });
    await cos.putObject({ ...at("put/text"), Body: "文本" });
    expect((await cos.getObject(at("put/stream"))).Body.equals(bytes)).toBe(true);
    expect(await textOf("put/text")).toBe("文本");
    // With the MD5 of the body, which the emulator compares.
    await rig.client({ UploadCheckContentMd5: true }).putObject({ ...at("put/md5"), Body: bytes });
    const ForbidOverwrite = { "x-cos-forbid-overwrite": "true" };
    expect(
      await refusal(cos.putObject({ ...at("put/text"), Body: "x", Headers: ForbidOverwrite })),
    ).toMatchObject({ code: "FileAlreadyExists", statusCode: 409 });
  });

  test("headObject: fields, conditions, and none", async () => {
    const { ETag } = await cos.putObject({ ...at("head"), Body: "x" });
    const head = await cos.headObject(at("head"));
    expect(head).toMatchObject({ statusCode: 200, ETag });
    expect(head.headers).toMatchObject({ "content-length": "1", "x-cos-object-type": "normal" });
    const Headers = { "If-Modified-Since": new Date(Date.now() + 1000).toUTCString() };
    expect(await cos.headObject({ ...at("head"), Headers })).toMatchObject({ NotModified: true });
    const changed = cos.headObject({ ...at("head"), Headers: { "If-Match": '"0"' } });
    expect(await refusal(changed)).toMatchObject({ statusCode: 412 });
    expect(await refusal(cos.headObject(at("none")))).toMatchObject({ statusCode: 404 });
  });

  test("getObject: whole, range, overrides, conditions, file", async () => {
    const { ETag } = await cos.putObject({ ...at("get"), Body: "abcdefghij" });
    expect(await textOf("get")).toBe("abcdefghij");
    const ranged = await cos.getObject({ ...at("get"), Range: "bytes=2-4" });
    expect([ranged.statusCode, ranged.Body.toString()]).toEqual([206, "cde"]);
    expect(ranged.headers?.["content-range"]).toBe("bytes 2-4/10");
    const text = await cos.getObject({ ...at("get"), DataType: "text" } as COS.GetObjectParams);
    expect(String(text.Body)).toBe("abcdefghij");
    const named = await cos.getObject({
      ...at("get"),
      ResponseContentType: "text/x-other",
      ResponseContentDisposition: "attachment; filename=a",
    });
    expect(named.headers).toMatchObject({
      "content-type": "text/x-other",
      "content-disposition": "attachment; filename=a",
    });
    expect(await refusal(cos.getObject({ ...at("get"), IfNoneMatch: ETag }))).toMatchObject({
      statusCode: 304,
    });
    const Output = join(rig.directory, "get.out");
    await cos.getObject({ ...at("get"), Output: createWriteStream(Output) });
    expect(await readFile(Output, "utf8")).toBe("abcdefghij");
    expect(await refusal(cos.getObject(at("none")))).toMatchObject({ code: "NoSuchKey", statusCode: 404 });
  });

  test("getObjectStream: the bytes", async () => {
    await cos.putObject({ ...at("stream"), Body: bytes });
    const stream = cos.getObjectStream(at("stream"), () => {});
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    await finished(stream as unknown as NodeJS.ReadableStream);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  });

  test("deleteObject: 204, also when there is none", async () => {
    await cos.putObject({ ...at("delete"), Body: "x" });
    expect((await cos.deleteObject(at("delete"))).statusCode).toBe(204);
    expect((await cos.deleteObject(at("delete"))).statusCode).toBe(204);
    expect(await refusal(cos.headObject(at("delete")))).toMatchObject({ statusCode: 404 });
  });

  test("deleteMultipleObject: listed and quiet", async () => {
    const keys = ["many/1", "many/<&>", "many/ü"];
    for (const Key of keys) await cos.putObject({ ...at(Key), Body: "x" });
    const Objects = keys.map((Key) => ({ Key }));
    const erased = await cos.deleteMultipleObject({ ...PLACE, Objects: Objects.slice(1) });
    expect(erased.Deleted.map(({ Key }) => Key)).toEqual(keys.slice(1));
    const quiet = await cos.deleteMultipleObject({ ...PLACE, Objects, Quiet: true });
    expect([quiet.Deleted, quiet.Error]).toEqual([[], []]);
    expect((await cos.getBucket({ ...PLACE, Prefix: "many/" })).Contents).toEqual([]);
  });

  test("appendObject: at the end only", async () => {
    const append = (Body: string, Position: number) => cos.appendObject({ ...at("append"), Body, Position });
    expect((await append("one,", 0)).headers?.["x-cos-next-append-position"]).toBe("4");
    await append("two", 4);
    expect(await textOf("append")).toBe("one,two");
    expect(await refusal(append("x", 0))).toMatchObject({ code: "AppendPositionErr", statusCode: 409 });
    await cos.putObject({ ...at("append"), Body: "normal" });
    expect(await refusal(append("x", 6))).toMatchObject({ code: "ObjectNotAppendable" });
  });

  test("putObjectCopy: directives, conditions, headers", async () => {
    const { ETag } = await cos.putObject({ ...at("source ü"), Body: "x", "x-cos-meta-a": "1" });
    const CopySource = `${PLACE.Bucket}.cos.${PLACE.Region}.myqcloud.com/${encodeURIComponent("source ü")}`;
    const copy = await cos.putObjectCopy({ ...at("copy"), CopySource, CopySourceIfMatch: ETag });
    expect(copy).toMatchObject({ ETag, CRC64: expect.stringMatching(/^\d+$/) });
    expect((await cos.headObject(at("copy"))).headers).toMatchObject({ "x-cos-meta-a": "1" });
    await cos.putObjectCopy({
      ...at("copy"),
      CopySource,
      MetadataDirective: "Replaced",
      ContentType: "text/x-new",
      StorageClass: "STANDARD_IA",
      "x-cos-meta-b": "2",
    });
    const { headers } = await cos.headObject(at("copy"));
    expect(headers).toMatchObject({
      "content-type": "text/x-new",
      "x-cos-storage-class": "STANDARD_IA",
      "x-cos-meta-b": "2",
    });
    expect(headers).not.toHaveProperty("x-cos-meta-a");
    const refused = cos.putObjectCopy({ ...at("copy"), CopySource, CopySourceIfNoneMatch: ETag });
    expect(await refusal(refused)).toMatchObject({ code: "PreconditionFailed", statusCode: 412 });
  });
});

describe("access and tags", () => {
  test("putObjectAcl: canned and granted", async () => {
    await cos.putObject({ ...at("acl"), Body: "x" });
    await cos.putObjectAcl({ ...at("acl"), ACL: "public-read" });
    expect((await cos.getObjectAcl(at("acl"))).ACL).toBe("public-read");
    await cos.putObjectAcl({
      ...at("acl"),
      GrantRead: 'id="100000000001"',
      GrantReadAcp: 'id="100000000002"',
    });
    const { Grants } = await cos.getObjectAcl(at("acl"));
    expect(Grants.map(({ Permission }) => Permission)).toEqual(expect.arrayContaining(["READ", "READ_ACP"]));
    const wrong = "public" as COS.ObjectACL;
    expect(await refusal(cos.putObjectAcl({ ...at("acl"), ACL: wrong }))).toMatchObject({ statusCode: 400 });
  });

  test("getObjectAcl: that of the bucket, or its own", async () => {
    await cos.putObject({ ...at("acl/default"), Body: "x" });
    expect((await cos.getObjectAcl(at("acl/default"))).ACL).toBe("default");
    await cos.putObject({ ...at("acl/private"), Body: "x", ACL: "private" });
    const acl = await cos.getObjectAcl(at("acl/private"));
    expect([acl.ACL, acl.Grants.length]).toEqual(["private", 1]);
    expect(await refusal(cos.getObjectAcl(at("none")))).toMatchObject({ code: "NoSuchKey" });
  });

  const Tags = [
    { Key: "k", Value: "v & w" },
    { Key: "ü", Value: "<1>" },
  ];

  test("putObjectTagging: replaces the tags", async () => {
    await cos.putObject({ ...at("tags"), Body: "x", Headers: { "x-cos-tagging": "old=1" } });
    expect((await cos.putObjectTagging({ ...at("tags"), Tags })).statusCode).toBe(200);
    expect((await cos.headObject(at("tags"))).headers?.["x-cos-tagging-count"]).toBe("2");
    const twice = [...Tags, ...Tags];
    expect(await refusal(cos.putObjectTagging({ ...at("tags"), Tags: twice }))).toMatchObject({
      code: "InvalidTag",
    });
  });

  test("getObjectTagging: the tags, and none", async () => {
    expect((await cos.getObjectTagging(at("tags"))).Tags).toEqual(Tags);
    await cos.putObject({ ...at("untagged"), Body: "x" });
    expect(await cos.getObjectTagging(at("untagged"))).toMatchObject({ Tags: [], statusCode: 404 });
  });

  test("deleteObjectTagging: none are left", async () => {
    expect((await cos.deleteObjectTagging(at("tags"))).statusCode).toBe(204);
    expect((await cos.getObjectTagging(at("tags"))).Tags).toEqual([]);
  });

  test("optionsObject: allowed and forbidden origins", async () => {
    const CORSRules = [
      {
        AllowedOrigin: ["https://a.example"],
        AllowedMethod: ["PUT"],
        AllowedHeader: ["*"],
        MaxAgeSeconds: 600,
      },
    ] as unknown as COS.CORSRule[];
    await cos.putBucketCors({ ...PLACE, CORSRules });
    const ask = (Origin: string) =>
      cos.optionsObject({
        ...at("any"),
        Origin,
        AccessControlRequestMethod: "PUT",
        AccessControlRequestHeaders: "content-type,x-cos-meta-a",
      });
    expect(await ask("https://a.example")).toMatchObject({
      AccessControlAllowOrigin: "https://a.example",
      AccessControlAllowMethods: "PUT",
      AccessControlMaxAge: "600",
    });
    expect(await ask("https://b.example")).toMatchObject({ OptionsForbidden: true, statusCode: 403 });
  });
});
