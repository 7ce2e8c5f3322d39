import { describe, expect, test } from "vitest";
import { CosError, ServiceError } from "../../src/errors.ts";
import { caught, caughtAs } from "../support/caught.ts";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { crc64Of, md5Of } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { Broken, cosResponse, proxyResponse, refusal, type Step, scriptedWire } from "../support/wire.ts";

const bytes = pattern(100);
const exists = (): Step => refusal(409, "FileAlreadyExists");
/** The object at the key, as COS describes it. */
const holds = (body: Uint8Array, more: Record<string, string> = {}): Step =>
  cosResponse(200, {
    etag: `"${md5Of(body)}"`,
    "content-length": String(body.length),
    "x-cos-hash-crc64ecma": String(crc64Of(body)),
    "x-cos-server-side-encryption-customer-algorithm": "AES256",
    ...more,
  });

function put(steps: readonly Step[]) {
  const clock = new VirtualClock();
  const wire = scriptedWire(clock, steps);
  const headers = { "x-cos-server-side-encryption-customer-algorithm": "AES256" };
  const done = clock.run(
    clientOf(wire.runtime, clock).putObject({ Bucket, Key, Body: bytes, ForbidOverwrite: true, headers }),
  );
  return { done, sent: wire.sent, methods: () => wire.sent.map(({ method }) => method) };
}

describe("a PUT of an existing key, under ForbidOverwrite", () => {
  test.each<[string, Step]>([
    ["was lost", new Broken("reset")],
    ["timed out", new Broken("timeout")],
    ["was 500", refusal(500, "InternalError")],
    ["came from a proxy", proxyResponse(502)],
    ["was a 200 without an ETag", cosResponse(200)],
  ])("does not know whose the equal object is when a response %s", async (_, first) => {
    const { done, sent, methods } = put([first, exists(), holds(bytes)]);
    const error = await caughtAs(done, CosError);
    expect(error).toMatchObject({
      code: "outcome-unknown",
      retryable: false,
      message:
        "the response to PUT was lost, the next was a refusal, and the object at the key may be this one or another writer's",
    });
    expect(error.hint).toContain("HEAD the key");
    expect(methods()).toEqual(["PUT", "PUT", "HEAD"]);
    expect(sent[2]?.headers).toMatchObject({ "x-cos-server-side-encryption-customer-algorithm": "AES256" });
  });

  test.each<[string, Step]>([
    ["was lost", new Broken("reset")],
    ["timed out", new Broken("timeout")],
    ["was 500", refusal(500, "InternalError")],
    ["came from a proxy", proxyResponse(502)],
  ])("does not know its outcome when the response of every attempt %s", async (_, step) => {
    const { done, methods } = put([step, step, step, step, step, step, step, step, step, step]);
    const error = await caughtAs(done, CosError);
    expect(error).toMatchObject({
      code: "outcome-unknown",
      retryable: false,
      message: "no response to PUT tells whether COS stored the object",
    });
    expect(error.hint).toContain("HEAD the key");
    expect(error.cause).toBeInstanceOf(CosError);
    expect(methods()).not.toContain("HEAD");
  });

  test("has failed when no attempt got a connection", async () => {
    const { done } = put(Array.from({ length: 10 }, () => new Broken("connect")));
    expect(await caughtAs(done, CosError)).toMatchObject({ code: "connect-failed", retryable: true });
  });

  test("has succeeded when it was sent again because its response had a wrong CRC64", async () => {
    const lie = holds(bytes, { "x-cos-hash-crc64ecma": "1" });
    expect(await put([lie, exists(), holds(bytes)]).done).toMatchObject({ size: 100 });
  });

  test.each<[string, Step[]]>([
    ["at once", []],
    ["after a connection that failed", [new Broken("connect")]],
    ["after it was throttled", [refusal(503, "SlowDown")]],
    ["after bytes that COS refused", [refusal(400, "BadDigest")]],
  ])("is refused without a look when nothing of it can be there: %s", async (_, before) => {
    const { done, methods } = put([...before, exists()]);
    expect(await caughtAs(done, ServiceError)).toMatchObject({ cosCode: "FileAlreadyExists" });
    expect(methods()).not.toContain("HEAD");
  });

  test.each<[string, Step]>([
    ["other bytes of the same size", holds(pattern(100, 2))],
    ["another size", holds(bytes, { "content-length": "101" })],
    ["other metadata", holds(bytes, { "x-cos-meta-a": "1" })],
  ])("is refused when the key holds %s", async (_, found) => {
    const error = await caughtAs(put([new Broken("reset"), exists(), found]).done, ServiceError);
    expect(error).toMatchObject({ code: "conflict", cosCode: "FileAlreadyExists" });
  });

  test.each<[string, Step]>([
    ["an object without a CRC64", holds(bytes, { "x-cos-hash-crc64ecma": "" })],
    ["nothing any more", cosResponse(404)],
  ])("does not know its outcome when the key holds %s", async (_, found) => {
    const { done } = put([new Broken("reset"), exists(), found]);
    expect(await caughtAs(done, CosError)).toMatchObject({ code: "outcome-unknown" });
  });

  test.each<[string, Step, string]>([
    ["equal bytes", holds(bytes), "outcome-unknown"],
    ["other bytes", holds(pattern(100, 2)), "access-denied"],
    ["nothing", cosResponse(404), "access-denied"],
  ])(
    "that was lost and is then refused for another reason looks too: the key holds %s",
    async (_, found, code) => {
      const { done } = put([new Broken("reset"), refusal(403, "AccessDenied"), found]);
      expect(await caughtAs(done, CosError)).toMatchObject({ code });
    },
  );

  test("is outcome-unknown without the permission for HEAD", async () => {
    const { done } = put([new Broken("reset"), exists(), refusal(403, "AccessDenied")]);
    expect(await caughtAs(done, CosError)).toMatchObject({
      code: "outcome-unknown",
      retryable: false,
      message: "the response to PUT was lost, the next was a refusal, and HEAD failed too",
    });
  });

  test("of a condition that is not about overwriting is reported unchanged", async () => {
    const { done, methods } = put([
      new Broken("reset"),
      refusal(409, "PositionNotEqualToLength"),
      cosResponse(404),
    ]);
    await caughtAs(done, ServiceError);
    expect(methods()).toEqual(["PUT", "PUT", "HEAD"]);
  });
});

describe("a PUT without ForbidOverwrite", () => {
  test("fails as its last attempt did, without a look: the same call may be made again", async () => {
    const clock = new VirtualClock();
    const wire = scriptedWire(clock, [new Broken("reset"), refusal(403, "AccessDenied")]);
    const done = clock.run(clientOf(wire.runtime, clock).putObject({ Bucket, Key, Body: bytes }));
    expect(await caughtAs(done, ServiceError)).toMatchObject({ code: "access-denied" });
    expect(wire.sent.map(({ method }) => method)).toEqual(["PUT", "PUT"]);
  });
});

test("a PUT under ForbidOverwrite that is aborted sends no HEAD after its refusal", async () => {
  const clock = new VirtualClock();
  const controller = new AbortController();
  const refuse = () => {
    controller.abort();
    return refusal(409, "FileAlreadyExists");
  };
  const wire = scriptedWire(clock, [new Broken("reset"), refuse]);
  const { signal } = controller;
  const parameters = { Bucket, Key, Body: bytes, ForbidOverwrite: true, signal };
  const error = await caught(clock.run(clientOf(wire.runtime, clock).putObject(parameters)));
  expect(error).toMatchObject({ cosCode: "FileAlreadyExists" });
  expect(wire.sent.map(({ method }) => method)).toEqual(["PUT", "PUT"]);
});
