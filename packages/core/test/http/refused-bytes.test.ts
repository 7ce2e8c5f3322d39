import { expect, test } from "vitest";
import { IntegrityError, ServiceError } from "../../src/errors.ts";
import { caughtAs } from "../support/caught.ts";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { refusal, type Step, scriptedWire } from "../support/wire.ts";

const refused = (): Step => refusal(400, "BadDigest", "The Content-MD5 you specified is not valid");

function rig(steps: readonly Step[]) {
  const clock = new VirtualClock();
  const wire = scriptedWire(clock, steps);
  return { clock, wire, cos: clientOf(wire.runtime, clock, { maxAttempts: 2 }) };
}

test("bytes that COS refuses for their MD5 are an IntegrityError with that MD5", async () => {
  const { clock, cos } = rig([refused(), refused()]);
  const error = await caughtAs(clock.run(cos.putObject({ Bucket, Key, Body: "x" })), IntegrityError);
  expect(error).toMatchObject({ code: "integrity", retryable: true, expected: "ndTkYSaMgDT1yFZOFVxnpg==" });
  expect(error.message).toMatch(
    /^putObject of exampleobject: BadDigest: .*: expected ndTk.*, got the MD5 of other bytes/,
  );
  expect(error.cause).toBeInstanceOf(ServiceError);
  expect(error.cause).toMatchObject({ cosCode: "BadDigest", status: 400, requestId: "NjU1Y2I=" });
});

test("an append that COS refuses for its MD5 is not looked for: it is certain that nothing was stored", async () => {
  const { clock, wire, cos } = rig(Array.from({ length: 10 }, refused));
  const call = cos.appendObject({ Bucket, Key, Position: 0, Data: "x" });
  await caughtAs(clock.run(call), IntegrityError);
  expect(new Set(wire.sent.map(({ method }) => method))).toEqual(new Set(["POST"]));
});

test("without an MD5 of ours, a BadDigest stays COS's refusal", async () => {
  const { clock, cos } = rig([refused(), refused()]);
  const call = cos.uploadPart({ Bucket, Key, UploadId: "u", PartNumber: 1, Body: "x" });
  const error = await caughtAs(clock.run(call), ServiceError);
  expect(error).toMatchObject({ code: "invalid-request", cosCode: "BadDigest", retryable: true });
});

test("another refusal of a request with an MD5 stays COS's refusal", async () => {
  const { clock, cos } = rig([refusal(400, "InvalidDigest")]);
  const error = await caughtAs(clock.run(cos.putObject({ Bucket, Key, Body: "x" })), ServiceError);
  expect(error.cosCode).toBe("InvalidDigest");
});
