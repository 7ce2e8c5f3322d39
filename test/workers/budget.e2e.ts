import { afterEach, describe, expect, test } from "vitest";
import { crc64Of } from "../fixtures/crc64.ts";
import { seenHere } from "./differences.mjs";
import { ask, type Outcome, pattern, stored, streamTo, unfinished } from "./objects.ts";
import { cos, useProbe, worker } from "./probe.ts";
import { MiB } from "./rig.ts";

useProbe();
afterEach(() => cos.interfere(undefined));

const BODY = pattern(90 * MiB, 5);
const ROOM = "memory=8388608";

/** Sends the whole body, unless the response comes first. */
async function refused(path: string): Promise<Outcome> {
  const { body } = await streamTo(new URL(path, worker.url), 90, BODY.subarray(0, MiB), { patient: true });
  return body as Outcome;
}

describe("a subrequest budget", () => {
  test("makes parts as large as they must be", async () => {
    // Initiate, Complete, 3 in reserve: ten parts for 90 MiB.
    const { result, subrequests } = await ask(worker, "request?key=fits&budget=15", BODY);
    expect(result).toMatchObject({ size: BODY.length, partsSent: 10, crc64: await crc64Of([BODY]) });
    expect(subrequests).toBe(12);
    expect(cos.calls).toHaveLength(12);
  });

  test("refuses before anything is sent, and says what would fit", async () => {
    const { error, subrequests } = await refused(`request?key=refused&budget=15&${ROOM}`);
    expect(error).toMatchObject({ name: "RangeError", parameter: "subrequestBudget" });
    expect(error?.message).toContain(`room for 10 parts of at most ${8 * MiB} bytes`);
    expect(error?.message).toContain(String(BODY.length));
    expect(subrequests).toBe(0);
    expect(cos.calls).toHaveLength(0);
  });

  test("as large as the refusal names is enough", async () => {
    const outcome = await refused(`request?key=named&budget=15&${ROOM}`);
    const budget = /subrequestBudget of about (\d+)/.exec(outcome.error?.message ?? "")?.[1];
    const { result, error } = await ask(worker, `request?key=named&budget=${budget}&${ROOM}`, BODY);
    expect(error).toBeUndefined();
    expect(result?.partsSent).toBe(12);
  });

  test("stops a stream of unknown length that is too long, and its parts are aborted", async () => {
    const { error, subrequests } = await ask(worker, `stream?key=endless&budget=15&${ROOM}`, BODY);
    expect(error).toMatchObject({ name: "CosError", code: "subrequests-exhausted" });
    // Parts of 4 MiB, so that two of them are under way in parallel.
    expect(error?.message).toContain(`longer than ${10 * 4 * MiB} bytes`);
    expect(subrequests).toBeLessThanOrEqual(15);
    expect(cos.calls).toHaveLength(subrequests);
    expect(cos.count("AbortMultipartUpload")).toBe(1);
    expect(await unfinished(cos)).toBe(0);
    expect(await stored(cos, "endless")).toBeUndefined();
  });

  test.each([
    ["exactly as long as there is room", 40 * MiB, true],
    ["a byte longer", 40 * MiB + 1, false],
  ])("a stream of unknown length that is %s", async (_name, length, fits) => {
    const body = BODY.subarray(0, length);
    const { result, error } = await ask(worker, `stream?key=edge-${length}&budget=15&${ROOM}`, body);
    if (fits) expect(result).toMatchObject({ size: length, partsSent: 10 });
    else expect(error).toMatchObject({ code: "subrequests-exhausted" });
  });

  test("counts reads of R2", async () => {
    await (await worker.r2()).put("big", BODY);
    const { result, subrequests } = await ask(worker, "r2?key=r2&from=big&budget=24", undefined);
    // A head before and after the parts. Of 24 subrequests, six are not for parts; at most eight parts need two each.
    expect(result).toMatchObject({ size: BODY.length, crc64: await crc64Of([BODY]) });
    expect(subrequests).toBeLessThanOrEqual(24);
    expect(subrequests).toBe(2 * (result?.partsSent ?? 0) + 4);
  });

  test("refuses an R2 object that does not fit, having looked at its size only", async () => {
    const { error, subrequests } = await ask(worker, `r2?key=r2&from=big&budget=12&${ROOM}`);
    expect(error).toMatchObject({ name: "RangeError", parameter: "subrequestBudget" });
    expect(subrequests).toBe(1);
    expect(cos.calls).toHaveLength(0);
  });

  test("counts retries, and is never exceeded", async () => {
    let failures = 0;
    cos.interfere(async (call, next) => {
      if (call.operation !== "UploadPart") return next();
      failures += 1;
      return { status: 503, headers: { "Retry-After": "0" } };
    });
    const { error, subrequests } = await ask(worker, "bytes?key=flaky&budget=9", BODY);
    expect(error).toBeDefined();
    expect(failures).toBeGreaterThan(0);
    expect(subrequests).toBeLessThanOrEqual(9);
    expect(cos.calls).toHaveLength(subrequests);
    expect(await unfinished(cos)).toBe(0);
  });

  test("has room for a retry or two", async () => {
    let failures = 0;
    cos.interfere(async (call, next) => {
      if (call.operation !== "UploadPart" || failures === 2) return next();
      failures += 1;
      return { status: 503, headers: {} };
    });
    const { result, subrequests } = await ask(worker, "request?key=mended&budget=15", BODY);
    expect(result?.partsSent).toBe(10);
    expect(subrequests).toBe(14);
  });

  test("of 8 is enough for a small body", async () => {
    const { result, subrequests } = await ask(worker, "request?key=small&budget=8", BODY.subarray(0, 1000));
    expect(result?.size).toBe(1000);
    expect(subrequests).toBe(1);
  });
});

describe("connections", () => {
  test("are never more than five", async () => {
    await ask(worker, "bytes?key=five", BODY.subarray(0, 1000));
    cos.forget();
    cos.interfere(async (_call, next) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return next();
    });
    const { result, subrequests } = await ask(worker, "heads?key=five&count=40");
    expect(result).toEqual({ count: 40 });
    expect(subrequests).toBe(40);
    expect(cos.atOnce).toBe(5);
  });

  test("are free again when a response is cancelled", async () => {
    await ask(worker, "bytes?key=read", BODY.subarray(0, 2 * MiB));
    const { result, error } = await ask(worker, "gets?key=read&count=20");
    expect(error).toBeUndefined();
    expect(result).toEqual({ firsts: 20 });
  });

  test.each([
    ["refused", {}, "access-denied"],
    [
      "refused and cut off",
      { Connection: "close" },
      seenHere("a refusal that closes the connection before the body was read"),
    ],
  ])("are free again when a part is %s before its body was read", async (_name, headers, code) => {
    cos.interfere(async (call, next) => {
      if (call.operation !== "UploadPart") return next();
      return { status: 403, headers, body: "<Error><Code>AccessDenied</Code></Error>" };
    });
    const { error } = await ask(worker, "bytes?key=denied", BODY);
    expect(error).toMatchObject({ code });
    expect(await unfinished(cos)).toBe(0);
  });

  test("a response is read as a stream", async () => {
    await ask(worker, "bytes?key=text", "hello from COS");
    const { result } = await ask(worker, "get?key=text");
    expect(result).toEqual({ text: "hello from COS" });
  });
});
