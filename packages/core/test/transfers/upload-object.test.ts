import { describe, expect, test } from "vitest";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { clientRig } from "../support/client-rig.ts";
import { MB } from "../support/core.ts";
import { MemoryCheckpoints } from "../support/memory-checkpoints.ts";
import { crc64Of, denied, md5Of } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { KB, TestFile } from "../support/upload-rig.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { cosResponse, fakeWire } from "../support/wire.ts";

describe("uploadFile()", () => {
  test.each([
    [0, undefined, 1],
    [20 * MB, undefined, 1],
    [20 * MB + 1, "upload-1", 21],
  ])("of %i bytes: upload %s, %i requests with bytes", async (size, UploadId, partsSent) => {
    const { target, uploadFile } = clientRig(MB);
    const bytes = pattern(size);
    const result = await uploadFile({ Body: size === 0 ? "" : bytes });
    expect(result).toMatchObject({
      Bucket,
      Key,
      UploadId,
      partsSent,
      size,
      crc64: String(crc64Of(bytes)),
      skipped: false,
    });
    expect(md5Of(target.object?.bytes ?? new Uint8Array(1))).toBe(md5Of(bytes));
  });

  test("returns the document's fields", async () => {
    const { uploadFile, target } = clientRig();
    const result = await uploadFile({ Body: new Blob([pattern(30 * KB)]) });
    expect(result).toMatchObject({
      Location: "http://here/key",
      ETag: `"${target.object?.etag}"`,
      UploadId: "upload-1",
    });
    expect(result.requestId).toBeDefined();
  });

  test("returns the object's URL after one PUT, too", async () => {
    const { uploadFile } = clientRig();
    const result = await uploadFile({ Body: "x", Key: "a folder/ü" });
    expect(result.Location).toBe(`https://${Bucket}.cos.ap-guangzhou.myqcloud.com/a%20folder/%C3%BC`);
  });

  test("prefers TrafficLimit to a header of that name", async () => {
    const { uploadFile, wire } = clientRig();
    const headers = { "x-cos-traffic-limit": "838860800" };
    await uploadFile({ Body: pattern(9), TrafficLimit: 819_200, headers });
    expect(wire.sent.map(({ headers }) => headers["x-cos-traffic-limit"])).toEqual(["819200"]);
  });

  test("sends each header where it belongs", async () => {
    const { uploadFile, wire } = clientRig();
    const customer = { "x-cos-server-side-encryption-customer-algorithm": "AES256" };
    await uploadFile({
      Body: pattern(21 * KB),
      ContentType: "text/plain",
      Metadata: { "x-cos-meta-a": "b" },
      TrafficLimit: "819200",
      ForbidOverwrite: true,
      EnableMD5: true,
      headers: customer,
    });
    const [initiate] = wire.sent;
    const parts = wire.sent.filter(({ method }) => method === "PUT");
    const complete = wire.sent.at(-1);
    expect(initiate?.headers).toMatchObject({
      "content-type": "text/plain",
      "x-cos-meta-a": "b",
      "x-cos-forbid-overwrite": "true",
      ...customer,
    });
    expect(parts).toHaveLength(21);
    for (const { headers } of parts) {
      expect(headers).toMatchObject({ "x-cos-traffic-limit": "819200", ...customer });
      expect(headers["content-md5"]).toHaveLength(24);
      expect(headers).not.toHaveProperty("content-type");
    }
    expect(complete?.headers).toMatchObject({
      "x-cos-forbid-overwrite": "true",
      "content-type": "application/xml",
    });
    expect(complete?.headers).not.toHaveProperty("x-cos-meta-a");
  });

  test("resumes through the client, with PartSize and MAXThread as strings of digits too", async () => {
    const checkpoints = new MemoryCheckpoints();
    const file = new TestFile(pattern(30 * KB));
    const { target, uploadFile } = clientRig(KB, file);
    target.fault = ({ operation, partNumber = 0 }) =>
      operation === "putPart" && partNumber > 5 ? { refuse: denied() } : undefined;
    const digits = { PartSize: "2" as unknown as number, MAXThread: "1" as unknown as number };
    await expect(uploadFile({ LocalFilePath: "a", checkpoints, ...digits })).rejects.toMatchObject({
      cosCode: "AccessDenied",
    });
    target.fault = () => undefined;
    expect(await uploadFile({ LocalFilePath: "a", checkpoints })).toMatchObject({
      partsResumed: 5,
      partsSent: 10,
    });
    expect(md5Of(target.object?.bytes ?? new Uint8Array(0))).toBe(md5Of(file.bytes));
    expect(file.closed).toBe(2);
  });

  test.each([
    ["same", pattern(30 * KB), true],
    ["same", pattern(30 * KB, 2), false],
    ["exists", pattern(3), true],
    ["never", pattern(30 * KB), false],
  ] as const)("with skip '%s' looks before it sends", async (skip, stored, skipped) => {
    const file = new TestFile(pattern(30 * KB));
    const { target, uploadFile } = clientRig(KB, file);
    target.replaceObject(stored);
    const seen: unknown[] = [];
    const result = await uploadFile({
      LocalFilePath: "a",
      skip,
      onProgress: (done, total) => seen.push([done, total]),
    });
    expect(result).toMatchObject({ skipped, partsSent: skipped ? 0 : 30 });
    expect([target.countOf("putPart"), file.closed]).toEqual([skipped ? 0 : 30, 1]);
    const size = skipped ? stored.length : 30 * KB;
    expect(seen.at(-1)).toEqual([size, size]);
  });

  test("succeeds when every request fails once", async () => {
    const { target, uploadFile } = clientRig();
    const failed = new Set<string>();
    target.fault = ({ operation, partNumber }) => {
      const name = `${operation} ${partNumber}`;
      if (operation === "initiate" || operation === "complete" || failed.has(name)) return undefined;
      failed.add(name);
      return { refuse: Object.assign(denied(), { status: 500, cosCode: "InternalError" }) };
    };
    expect(await uploadFile({ Body: pattern(25 * KB) })).toMatchObject({ partsSent: 25 });
    expect(target.countOf("putPart")).toBe(50);
  });
});

describe("putObject()", () => {
  test("of bytes in memory is one PUT, whatever their number", async () => {
    const { clock, cos, target } = clientRig();
    await clock.run(cos.putObject({ Bucket, Key, Body: pattern(100 * KB) }));
    expect([target.countOf("put"), target.countOf("initiate")]).toEqual([1, 0]);
  });

  test("of a stream above the limit uploads parts", async () => {
    const { clock, cos, target } = clientRig();
    await clock.run(
      cos.putObject({ Bucket, Key, Body: new Blob([pattern(21 * KB)]).stream(), ContentLength: 21 * KB }),
    );
    expect([target.countOf("put"), target.countOf("putPart")]).toEqual([0, 21]);
  });

  test("sends the ContentMD5 that it checked", async () => {
    const { clock, cos, wire } = clientRig();
    const ContentMD5 = Buffer.from(md5Of(pattern(9)), "hex").toString("base64");
    await clock.run(cos.putObject({ Bucket, Key, Body: pattern(9), ContentMD5 }));
    expect(wire.sent[0]?.headers["content-md5"]).toBe(ContentMD5);
  });
});

test("a stream of unknown length is cut into parts that fit a small memoryBudget", async () => {
  const clock = new VirtualClock();
  const wire = fakeWire(clock, () => cosResponse(200, { etag: '"5d41402abc4b2a76b9719d911017c592"' }));
  const large = { ...wire.runtime, defaults: { ...wire.runtime.defaults, partSize: 8 * MB } };
  const cos = clientOf(large, clock, { memoryBudget: MB });
  const Body = new Blob(["hello"]).stream();
  expect(await clock.run(cos.putObject({ Bucket, Key, Body }))).toMatchObject({ size: 5 });
});
