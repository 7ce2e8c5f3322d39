import { describe, expect, test } from "vitest";
import type { CosClient } from "../../src/client.ts";
import { authorization, Bucket, clientOf, Key } from "../support/client.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { cosResponse, fakeWire } from "../support/wire.ts";

type Headers = Readonly<Record<string, string>>;

const upload = { Bucket, Key, UploadId: "u1" };
const part = { ...upload, PartNumber: 1 };
const MultipartUpload = { Part: [{ PartNumber: 1, ETag: '"e"' }] };
const CopySource = { Bucket, Key: "from", Region: "ap-guangzhou" };
const RESULTS: Readonly<Record<string, string>> = {
  POST: "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>",
  PUT: "<CopyPartResult><ETag>e</ETag></CopyPartResult>",
};

/** The headers of the one request that `call` makes. */
async function sentBy(call: (cos: CosClient) => Promise<unknown>): Promise<Headers> {
  const clock = new VirtualClock();
  const { runtime, sent } = fakeWire(clock, ({ method }) =>
    method === "DELETE" ? cosResponse(204) : cosResponse(200, { etag: '"e"' }, RESULTS[method]),
  );
  await clock.run(call(clientOf(runtime, clock)));
  expect(sent).toHaveLength(1);
  return sent[0]?.headers ?? {};
}

const METHODS: readonly [string, (cos: CosClient, headers: Headers) => Promise<unknown>][] = [
  ["headObject", (cos, headers) => cos.headObject({ Bucket, Key, headers })],
  ["getObject", (cos, headers) => cos.getObject({ Bucket, Key, headers })],
  ["deleteObject", (cos, headers) => cos.deleteObject({ Bucket, Key, headers })],
  ["uploadPart", (cos, headers) => cos.uploadPart({ ...part, Body: "x", headers })],
  ["uploadPartCopy", (cos, headers) => cos.uploadPartCopy({ ...part, CopySource, headers })],
  [
    "completeMultipartUpload",
    (cos, headers) => cos.completeMultipartUpload({ ...upload, MultipartUpload, headers }),
  ],
  ["abortMultipartUpload", (cos, headers) => cos.abortMultipartUpload({ ...upload, headers })],
];

// HTTP drops the white space around a value, so COS would refuse a signature over it.
test.each(METHODS)(
  "%s() sends and signs the caller's headers by their wire names, trimmed",
  async (_, call) => {
    const headers = await sentBy((cos) => call(cos, { "Content-Type": "text/x ", "X-Cos-Meta-A": "\tb " }));
    expect(headers).toMatchObject({ "content-type": "text/x", "x-cos-meta-a": "b" });
    expect(Object.keys(headers).filter((name) => /[A-Z]/.test(name))).toEqual([]);
    const signed = authorization(headers)["q-header-list"]?.split(";") ?? [];
    expect(signed.filter((name) => name === "content-type" || name === "x-cos-meta-a")).toEqual([
      "content-type",
      "x-cos-meta-a",
    ]);
  },
);

describe("a header of the caller replaces the parameter's header of the same name", () => {
  test.each<[string, string, (cos: CosClient, headers: Headers) => Promise<unknown>]>([
    ["headObject", "If-Match", (cos, headers) => cos.headObject({ Bucket, Key, IfMatch: "e", headers })],
    ["getObject", "Range", (cos, headers) => cos.getObject({ Bucket, Key, Range: "bytes=0-1", headers })],
    [
      "uploadPart",
      "X-Cos-Traffic-Limit",
      (cos, headers) => cos.uploadPart({ ...part, Body: "x", TrafficLimit: 819_200, headers }),
    ],
    [
      "uploadPartCopy",
      "X-Cos-Copy-Source-Range",
      (cos, headers) => cos.uploadPartCopy({ ...part, CopySource, CopySourceRange: "bytes=0-1", headers }),
    ],
    [
      "completeMultipartUpload",
      "X-Cos-Forbid-Overwrite",
      (cos, headers) =>
        cos.completeMultipartUpload({ ...upload, MultipartUpload, ForbidOverwrite: false, headers }),
    ],
  ])("%s(): %s", async (_, name, call) => {
    const headers = await sentBy((cos) => call(cos, { [name]: "mine" }));
    expect(headers[name.toLowerCase()]).toBe("mine");
    expect(headers).not.toHaveProperty(name);
  });
});
