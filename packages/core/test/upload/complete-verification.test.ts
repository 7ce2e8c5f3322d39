import { describe, expect, test } from "vitest";
import { CosError, IntegrityError, ServiceError, TransportError } from "../../src/errors.ts";
import { type CompleteContext, completeAndVerify } from "../../src/upload/complete.ts";
import type { UploadWarning } from "../../src/upload/options.ts";
import { caught, caughtAs } from "../support/caught.ts";
import { createCore } from "../support/core.ts";
import { crc64Of, denied, lost, MemoryTarget, noSuchUpload, serverError } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { KB } from "../support/upload-rig.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const bytes = pattern(3 * KB);
const part = (number: number): Uint8Array => bytes.subarray((number - 1) * KB, number * KB);

function refusal(status: number, code: ServiceError["code"] = "invalid-request"): ServiceError {
  return new ServiceError(`HTTP ${status}`, { code, retryable: false, status, cosCode: "", requestId: "id" });
}

/** Three parts that COS holds, about to be completed. */
async function rig(changes: Partial<CompleteContext> = {}) {
  const clock = new VirtualClock();
  const target = new MemoryTarget(clock);
  const core = await createCore(16 * KB, clock);
  const uploadId = target.plant(new Map([1, 2, 3].map((number) => [number, part(number)])));
  const signal = changes.signal ?? new AbortController().signal;
  const parts: CompleteContext["parts"][number][] = [];
  for await (const { partNumber, etag, size } of listed(clock, target, uploadId))
    parts.push({ partNumber, etag, crc64: crc64Of(part(partNumber)), length: size });
  target.requests.length = 0;
  const warnings: UploadWarning[] = [];
  const context: CompleteContext = {
    target,
    core,
    clock,
    uploadId,
    parts,
    size: bytes.length,
    headers: { "content-type": "text/plain" },
    signal,
    onWarning: (warning) => void warnings.push(warning),
    onDoubt: () => {},
    ...changes,
  };
  const run = (more: Partial<CompleteContext> = {}) => clock.run(completeAndVerify({ ...context, ...more }));
  return { target, parts, warnings, run, uploadId };
}

async function* listed(clock: VirtualClock, target: MemoryTarget, uploadId: string) {
  const { signal } = new AbortController();
  const list = async () => {
    const all = [];
    for await (const item of target.listParts(uploadId, signal)) all.push(item);
    return all;
  };
  yield* await clock.run(list());
}

describe("the last check before publishing", () => {
  test("finds a part that is missing, and sends nothing", async () => {
    const { target, parts, run } = await rig();
    const error = await caughtAs(
      run({ parts: parts.filter(({ partNumber }) => partNumber !== 2) }),
      IntegrityError,
    );
    expect(error).toMatchObject({ expected: "2", actual: "3" });
    expect(error.message).toContain("a part is missing");
    expect(target.requests).toEqual([]);
  });

  test.each([
    ["less", bytes.length - 1],
    ["more", bytes.length + 1],
  ])("finds that the source has %s bytes than the parts, and sends nothing", async (_, size) => {
    const { target, run } = await rig();
    const error = await caughtAs(run({ size }), IntegrityError);
    expect(error).toMatchObject({ expected: String(size), actual: String(bytes.length) });
    expect(error.message).toContain("the parts do not add up to the source");
    expect(target.requests).toEqual([]);
  });

  test("finds that there is no part at all, also where the size is not known", async () => {
    for (const size of [0, undefined]) {
      const { target, run } = await rig();
      await caughtAs(run({ parts: [], size }), IntegrityError);
      expect(target.requests).toEqual([]);
    }
  });

  test("accepts the parts of a stream of unknown length", async () => {
    const { run } = await rig();
    expect(await run({ size: undefined })).toMatchObject({ size: bytes.length, crc64: crc64Of(bytes) });
  });
});

test("an object that is not the source is an IntegrityError that names it", async () => {
  const { target, run } = await rig();
  target.fault = ({ operation }) => {
    if (operation === "head") target.replaceObject(pattern(3 * KB, 5));
    return undefined;
  };
  const complete = target.complete.bind(target);
  target.complete = async (...parameters) => ({ ...(await complete(...parameters)), crc64: undefined });
  const error = await caughtAs(run(), IntegrityError);
  expect(error.message).toContain("the object in COS is not the source (CRC64)");
});

describe("an object without a CRC64 of COS", () => {
  test("is reported as unverified, and is a success without a listener too", async () => {
    for (const onWarning of [undefined, "listens"]) {
      const { target, warnings, run } = await rig();
      target.tellsCrc64 = false;
      const result = await run(onWarning === undefined ? { onWarning } : {});
      expect(result).toMatchObject({ size: bytes.length, crc64: crc64Of(bytes), requestId: "id" });
      if (onWarning !== undefined)
        expect(warnings).toMatchObject([
          { code: "unverified", message: expect.stringContaining("no CRC64") },
        ]);
    }
  });

  test("is unverified when it is gone again by the time of HEAD", async () => {
    const { target, warnings, run } = await rig();
    target.tellsCrc64 = false;
    target.head = async () => undefined;
    expect(await run()).toMatchObject({ size: bytes.length });
    expect(warnings.map(({ code }) => code)).toEqual(["unverified"]);
  });

  test("is no success when HEAD fails for another reason than COS: an abort, a bug", async () => {
    const { target, run } = await rig();
    const reason = new Error("enough");
    target.tellsCrc64 = false;
    target.head = () => Promise.reject(reason);
    expect(await caught(run())).toBe(reason);
  });
});

describe("a lost Complete", () => {
  test("that is resolved returns the fields of HEAD, and our own digest", async () => {
    const { target, run } = await rig();
    target.fault = ({ operation }) => (operation === "complete" ? { lose: lost() } : undefined);
    const result = await run();
    expect(result).toMatchObject({
      etag: target.object?.etag,
      size: bytes.length,
      crc64: crc64Of(bytes),
      headers: target.headers,
    });
    expect(target.requests.map(({ operation }) => operation)).toEqual(["complete", "listParts", "head"]);
  });

  test("is not resolved by an object of the same CRC64 and another size", async () => {
    const { target, run, uploadId } = await rig();
    target.fault = ({ operation }) => {
      if (operation === "listParts") target.uploads.delete(uploadId);
      return operation === "complete" ? { refuse: lost() } : undefined;
    };
    const head = target.head.bind(target);
    target.replaceObject(bytes);
    target.head = async (signal) => {
      const found = await head(signal);
      return found === undefined ? undefined : { ...found, size: found.size + 1 };
    };
    expect(await caughtAs(run(), CosError)).toMatchObject({ code: "outcome-unknown" });
  });

  test.each([
    ["COS failed", serverError, false],
    ["no response came", lost, false],
    ["COS said NoSuchUpload: then it will not be there the next time either", noSuchUpload, true],
  ])("is sent again although the parts may not be listed, when %s", async (_, error, gone) => {
    const { target, run } = await rig();
    target.fault = ({ operation, nth }) => {
      if (operation === "listParts") return { refuse: denied() };
      return operation === "complete" && nth === 0 ? { refuse: error() } : undefined;
    };
    const outcome = run();
    if (gone) expect(await caughtAs(outcome, CosError)).toMatchObject({ code: "not-found" });
    else expect(await outcome).toMatchObject({ size: bytes.length });
    expect(target.countOf("complete")).toBe(gone ? 1 : 2);
  });

  test("has COS's response in its message when it had no code", async () => {
    const { target, run, uploadId } = await rig();
    target.fault = ({ operation }) => {
      if (operation === "listParts") target.uploads.delete(uploadId);
      return operation === "complete" ? { refuse: refusal(502) } : undefined;
    };
    const error = await caughtAs(run(), CosError);
    expect(error.message).toContain("Complete failed (HTTP 502), and COS no longer knows the upload");
  });

  test("is still unresolved when COS lists no part of it", async () => {
    const { target, run } = await rig();
    target.fault = ({ operation, nth }) =>
      operation === "complete" && nth === 0 ? { refuse: lost() } : undefined;
    target.listParts = async function* () {};
    expect(await run()).toMatchObject({ size: bytes.length });
    expect(target.countOf("complete")).toBe(2);
  });

  test("that an abort interrupts while the parts are listed is the caller's reason", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const { target, run } = await rig({ signal: controller.signal });
    target.fault = ({ operation }) => {
      if (operation === "listParts") controller.abort(reason);
      return operation === "complete" ? { lose: lost() } : undefined;
    };
    expect(await caught(run())).toBe(reason);
  });

  test("waits longer from round to round", async () => {
    const { target, run } = await rig();
    const times: number[] = [];
    target.fault = ({ operation }) => {
      if (operation !== "complete") return undefined;
      times.push(target.clock.now());
      return { refuse: lost() };
    };
    await caughtAs(run(), TransportError);
    expect(times).toHaveLength(8);
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    pauses.forEach((pause, index) => {
      // Complete and ListParts take 15 ms until each has its response.
      expect(pause).toBeLessThanOrEqual(25 + 200 * 2 ** index);
    });
    expect(Math.max(...pauses)).toBeGreaterThan(1_000);
  });
});
