import { expect, test } from "vitest";
import { Bucket, clientOf, Key } from "./support/client.ts";
import { VirtualClock } from "./support/virtual-clock.ts";
import { cosResponse, fakeWire, refusal } from "./support/wire.ts";

const clock = new VirtualClock();

/** A runtime that counts its calls under way, with one response for every request. */
function rig(respond: Parameters<typeof fakeWire>[1]) {
  const { runtime } = fakeWire(clock, respond);
  const calls = { begun: 0, ended: 0 };
  const beginCall = (): (() => void) => {
    calls.begun += 1;
    return () => {
      calls.ended += 1;
    };
  };
  return { calls, cos: clientOf({ ...runtime, beginCall }, clock) };
}

test("a runtime learns when a call begins and when it has settled", async () => {
  let during: unknown;
  const { calls, cos } = rig(() => {
    during = { ...calls };
    return cosResponse(200, { etag: '"e"', "content-length": "0" });
  });
  await clock.run(cos.headObject({ Bucket, Key }));
  expect(during).toEqual({ begun: 1, ended: 0 });
  expect(calls).toEqual({ begun: 1, ended: 1 });
});

test("a call that fails has settled, too", async () => {
  const { calls, cos } = rig(() => refusal(403, "AccessDenied"));
  await clock.run(expect(cos.headObject({ Bucket, Key })).rejects.toThrow("AccessDenied"));
  expect(calls).toEqual({ begun: 1, ended: 1 });
});

test("a call that is refused never began", async () => {
  const { calls, cos } = rig(() => cosResponse(200));
  await expect(cos.headObject({ Bucket, Key: "" })).rejects.toThrow("Key");
  expect(calls).toEqual({ begun: 0, ended: 0 });
});
