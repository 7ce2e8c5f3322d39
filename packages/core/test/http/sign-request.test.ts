import { expect, test } from "vitest";
import type { RequestToSign, Runtime } from "../../src/runtime/runtime.ts";
import type { WireRequest } from "../../src/runtime/wire.ts";
import { caught } from "../support/caught.ts";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { cosResponse, type Step, scriptedWire } from "../support/wire.ts";

type Sign = NonNullable<Runtime["signRequest"]>;

/** A client whose requests are signed elsewhere. */
function rig(steps: readonly Step[], sign: Sign) {
  const clock = new VirtualClock();
  const wire = scriptedWire(clock, steps);
  return { clock, wire, cos: clientOf({ ...wire.runtime, signRequest: sign }, clock) };
}

test("what is signed elsewhere is what is sent, with the headers that come back", async () => {
  const asked: RequestToSign[] = [];
  const { clock, wire, cos } = rig([cosResponse(200, { etag: '"e"' })], async (request) => {
    asked.push(request);
    return { authorization: "signed elsewhere", "x-cos-security-token": "token" };
  });
  const part = {
    Bucket,
    Key,
    UploadId: "u/1",
    PartNumber: 2,
    Body: "abc",
    headers: { "x-cos-traffic-limit": "819200" },
  };
  await clock.run(cos.uploadPart(part));
  expect(asked).toEqual([
    {
      Method: "PUT",
      Bucket,
      Key,
      Query: { partNumber: "2", uploadId: "u/1" },
      Headers: expect.objectContaining({ "x-cos-traffic-limit": "819200" }),
    },
  ]);
  const { headers, url } = wire.sent[0] as WireRequest;
  expect(headers).toMatchObject({
    authorization: "signed elsewhere",
    "x-cos-security-token": "token",
    ...asked[0]?.Headers,
  });
  expect(url).toContain("partNumber=2&uploadId=u%2F1");
});

test("every attempt is signed again", async () => {
  let times = 0;
  const { clock, wire, cos } = rig([cosResponse(503), cosResponse(204)], async () => {
    times += 1;
    return { authorization: `signature ${times}` };
  });
  await clock.run(cos.deleteObject({ Bucket, Key }));
  expect(wire.sent.map(({ headers }) => headers.authorization)).toEqual(["signature 1", "signature 2"]);
});

test("what the signer rejects with is the reason, and nothing is sent", async () => {
  const reason = new Error("403 of my server");
  const { clock, wire, cos } = rig([], () => Promise.reject(reason));
  expect(await caught(clock.run(cos.deleteObject({ Bucket, Key })))).toBe(reason);
  expect(wire.sent).toEqual([]);
});

test("an abort does not wait for the signer", async () => {
  const controller = new AbortController();
  const { clock, cos } = rig([], () => new Promise(() => {}));
  clock.timer(1000, () => controller.abort(new Error("enough")));
  const work = cos.deleteObject({ Bucket, Key, signal: controller.signal });
  expect(await caught(clock.run(work))).toMatchObject({ message: "enough" });
});
