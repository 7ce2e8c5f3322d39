import { afterEach, expect, test, vi } from "vitest";
import type { Runtime } from "../src/runtime/runtime.ts";
import { Bucket, clientOf, Key } from "./support/client.ts";
import { VirtualClock } from "./support/virtual-clock.ts";
import { cosResponse, type Step, scriptedWire } from "./support/wire.ts";

const ETAG = '"5d41402abc4b2a76b9719d911017c592"';
const stored: Step = cosResponse(200, { etag: ETAG });

const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);
process.on("unhandledRejection", note);

afterEach(() => {
  vi.restoreAllMocks();
  expect(unhandled).toEqual([]);
});

/** A client whose uploads warn of their connection. */
function rig() {
  const clock = new VirtualClock();
  const { runtime } = scriptedWire(clock, [stored]);
  const warnOfConnection: Runtime["warnOfConnection"] = (onWarning) =>
    onWarning?.({ code: "http2-connection", message: "slow" });
  const cos = clientOf({ ...runtime, warnOfConnection }, clock);
  const printed = vi.spyOn(console, "warn").mockImplementation(() => {});
  return { clock, cos, printed };
}

const object = { Bucket, Key, Body: "hello" };
const throwing = (): never => {
  throw new Error("mine");
};
const rejecting = async (): Promise<never> => throwing();
/** Node reports an unhandled rejection after the microtasks. */
const nextTurn = (): Promise<void> => new Promise(setImmediate);

test.each([
  ["throws", throwing],
  ["rejects", rejecting],
])("an upload does not fail because its onWarning %s; that is printed", async (_, onWarning) => {
  const { clock, cos, printed } = rig();
  const { size } = await clock.run(cos.uploadFile({ ...object, onWarning }));
  await nextTurn();
  expect(size).toBe(5);
  expect(printed.mock.calls).toEqual([["cosup: onWarning failed; what it throws is ignored: mine"]]);
});

test("what onProgress throws fails the upload", async () => {
  const { clock, cos, printed } = rig();
  await clock.run(expect(cos.uploadFile({ ...object, onProgress: throwing })).rejects.toThrow("mine"));
  expect(printed).not.toHaveBeenCalled();
});

test("what an asynchronous onProgress rejects with does not end the process", async () => {
  const { clock, cos, printed } = rig();
  const { size } = await clock.run(cos.uploadFile({ ...object, onProgress: rejecting }));
  await nextTurn();
  expect(size).toBe(5);
  expect(printed.mock.calls).toEqual([["cosup: onProgress failed; what it throws is ignored: mine"]]);
});
