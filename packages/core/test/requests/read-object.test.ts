import { describe, expect, test } from "vitest";
import { ServiceError } from "../../src/errors.ts";
import { caughtAs } from "../support/caught.ts";
import { authorization, Bucket, clientOf, Key } from "../support/client.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { cosResponse, type Step, scriptedWire } from "../support/wire.ts";

function rig(steps: readonly Step[]) {
  const clock = new VirtualClock();
  const wire = scriptedWire(clock, steps);
  return { clock, wire, cos: clientOf(wire.runtime, clock) };
}

const described = {
  etag: '"e"',
  "content-length": "7",
  "content-type": "text/plain",
  "last-modified": "Wed, 15 Nov 2023 00:00:00 GMT",
  "x-cos-hash-crc64ecma": "18446744073709551615",
  "x-cos-meta-name": "a",
  "x-cos-version-id": "v1",
};

test("headObject() returns the description of the object", async () => {
  const { clock, cos } = rig([cosResponse(200, described)]);
  expect(await clock.run(cos.headObject({ Bucket, Key }))).toMatchObject({
    ETag: '"e"',
    ContentLength: 7,
    ContentType: "text/plain",
    crc64: "18446744073709551615",
    StorageClass: "STANDARD",
    Metadata: { "x-cos-meta-name": "a" },
    versionId: "v1",
    requestId: "NjU1Y2I=",
  });
});

test("headObject() sends and signs its conditions", async () => {
  const { clock, wire, cos } = rig([cosResponse(200, described)]);
  await clock.run(cos.headObject({ Bucket, Key, IfMatch: '"e"', VersionId: "v/1" }));
  const [sent] = wire.sent;
  expect(sent?.headers["if-match"]).toBe('"e"');
  expect(authorization(sent?.headers ?? {})).toMatchObject({
    "q-header-list": "host;if-match",
    "q-url-param-list": "versionid",
  });
  expect(sent?.url.endsWith("?versionId=v%2F1")).toBe(true);
});

test("headObject() of a missing object is not-found", async () => {
  const { clock, cos } = rig([cosResponse(404)]);
  const error = await caughtAs(clock.run(cos.headObject({ Bucket, Key })), ServiceError);
  expect(error).toMatchObject({ code: "not-found", cosCode: "NoSuchResource", retryable: false });
});

test("getObject() returns the body as a stream, which may be empty", async () => {
  const { clock, cos } = rig([cosResponse(206, described, "content"), cosResponse(200)]);
  const got = await clock.run(cos.getObject({ Bucket, Key, Range: "bytes=0-6" }));
  expect(await new Response(got.Body).text()).toBe("content");
  const empty = await clock.run(cos.getObject({ Bucket, Key }));
  expect(await new Response(empty.Body).text()).toBe("");
});

describe("completeMultipartUpload()", () => {
  const parameters = {
    Bucket,
    Key,
    UploadId: "u",
    MultipartUpload: { Part: [{ PartNumber: 1, ETag: '"e"' }] },
  };

  test("reads a document that follows white space", async () => {
    const body =
      "\n\n  <?xml version='1.0'?><CompleteMultipartUploadResult><Location>http://l</Location><ETag>&quot;e-1&quot;</ETag></CompleteMultipartUploadResult>";
    const { clock, cos } = rig([cosResponse(200, { "x-cos-hash-crc64ecma": "5" }, body)]);
    expect(await clock.run(cos.completeMultipartUpload(parameters))).toMatchObject({
      ETag: '"e-1"',
      crc64: "5",
      Location: "http://l",
    });
  });

  test.each([
    ["an Error document", "<Error><Code>InternalError</Code></Error>", "service-unavailable", true],
    ["a final Error document", "<Error><Code>InvalidPart</Code></Error>", "unexpected-response", false],
    ["no ETag", "<CompleteMultipartUploadResult/>", "unexpected-response", true],
    ["a page of a proxy", "<html>please log in</html>", "unexpected-response", true],
    ["a document that breaks off", "<CompleteMultipartUploadResult><ETag>e", "unexpected-response", true],
  ])("fails on a 200 with %s", async (_, body, code, retryable) => {
    const { clock, wire, cos } = rig([cosResponse(200, {}, body)]);
    const error = await caughtAs(clock.run(cos.completeMultipartUpload(parameters)), ServiceError);
    expect(error).toMatchObject({ code, retryable, status: 200 });
    expect(wire.sent).toHaveLength(1);
  });
});

test("createMultipartUpload() fails on a 200 without an UploadId", async () => {
  const { clock, cos } = rig([cosResponse(200, {}, "<InitiateMultipartUploadResult/>")]);
  await expect(clock.run(cos.createMultipartUpload({ Bucket, Key }))).rejects.toMatchObject({
    code: "unexpected-response",
  });
});

test.each([
  ["all of it", undefined, 206, { "content-length": "7", "content-range": "bytes 0-6/100" }],
  ["all of it", undefined, 206, { "content-length": "7" }],
  ["a range", "bytes=2-4", 200, { "content-length": "7" }],
  ["the first bytes", "bytes=0-4", 200, { "content-length": "7" }],
  ["the rest", "bytes=2-", 200, { "content-length": "7" }],
  ["the last bytes", "bytes=-4", 200, { "content-length": "7" }],
])(
  "getObject() of %s refuses a response with other bytes: %s, status %d",
  async (_, Range, status, headers) => {
    const { clock, cos } = rig([cosResponse(status, { etag: '"e"', ...headers }, "content")]);
    const error = await caughtAs(clock.run(cos.getObject({ Bucket, Key, Range })), ServiceError);
    expect(error).toMatchObject({ code: "unexpected-response", status });
    expect(error.message).toMatch(/a part of the object, not all of it|the whole object, not the range/);
  },
);

test.each([
  [undefined, 206, { "content-length": "7", "content-range": "bytes 0-6/7" }],
  ["bytes=0-", 200, { "content-length": "7" }],
  ["bytes=0-6", 200, { "content-length": "7" }],
  ["bytes=-7", 200, { "content-length": "7" }],
])("getObject() takes a response with the bytes of %s, status %d", async (Range, status, headers) => {
  const { clock, cos } = rig([cosResponse(status, { etag: '"e"', ...headers }, "content")]);
  const { Body } = await clock.run(cos.getObject({ Bucket, Key, Range }));
  expect(await new Response(Body).text()).toBe("content");
});
