import { createHash } from "node:crypto";
import { expect, test } from "vitest";
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

const DOCUMENT =
  "<Tagging><TagSet><Tag><Key>a &lt; b</Key><Value>1</Value></Tag><Tag><Key>c</Key><Value></Value></Tag></TagSet></Tagging>";

test("getObjectTagging() reads all tags of the requested version", async () => {
  const { clock, wire, cos } = rig([cosResponse(200, { "x-cos-version-id": "v1" }, DOCUMENT)]);
  expect(await clock.run(cos.getObjectTagging({ Bucket, Key, VersionId: "v1" }))).toMatchObject({
    TagSet: [
      { Key: "a < b", Value: "1" },
      { Key: "c", Value: "" },
    ],
    versionId: "v1",
  });
  expect(wire.sent[0]?.method).toBe("GET");
  expect(wire.sent[0]?.url.endsWith("?tagging=&versionId=v1")).toBe(true);
  expect(authorization(wire.sent[0]?.headers ?? {})["q-url-param-list"]).toBe("tagging;versionid");
});

test("getObjectTagging() rejects when the object has no tags", async () => {
  const { clock, cos } = rig([cosResponse(404, {}, "<Error><Code>NoSuchTagSet</Code></Error>")]);
  const error = await caughtAs(clock.run(cos.getObjectTagging({ Bucket, Key })), ServiceError);
  expect(error).toMatchObject({ code: "not-found", cosCode: "NoSuchTagSet", retryable: false });
});

test("putObjectTagging() sends the document with its Content-MD5", async () => {
  const { clock, wire, cos } = rig([cosResponse(200)]);
  const TagSet = [
    { Key: "a < b", Value: "1" },
    { Key: "c", Value: "" },
  ];
  await clock.run(cos.putObjectTagging({ Bucket, Key, TagSet }));
  const [sent] = wire.sent;
  expect(sent?.method).toBe("PUT");
  expect(sent?.url.endsWith("?tagging=")).toBe(true);
  expect(new TextDecoder().decode(sent?.body)).toBe(DOCUMENT);
  expect(sent?.headers["content-md5"]).toBe(createHash("md5").update(DOCUMENT).digest("base64"));
});
