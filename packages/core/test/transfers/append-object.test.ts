import { describe, expect, test } from "vitest";
import { CosError, ServiceError, TransportError } from "../../src/errors.ts";
import { appendRig, DATA, expectAppended } from "../support/append-rig.ts";
import type { AppendFault } from "../support/appendable.ts";
import { caughtAs } from "../support/caught.ts";
import { Random } from "../support/random.ts";
import { Broken, cosResponse, refusal } from "../support/wire.ts";

describe.each([0, 500])("appendObject() at position %i", (before) => {
  test("appends once, and returns the next position", async () => {
    const { object, append, methods } = appendRig([], before);
    expect(await append()).toMatchObject({ ETag: '"a"', nextAppendPosition: before + 3000 });
    expectAppended(object, before);
    expect(methods()).toEqual(["POST"]);
  });

  test.each<AppendFault>(["lost after it happened", "500 after it happened", "503 after it happened"])(
    "is outcome-unknown after a response %s, and does not append again",
    async (fault) => {
      const { object, append } = appendRig([fault], before);
      const error = await caughtAs(append(), CosError);
      expect(error).toMatchObject({ code: "outcome-unknown", retryable: false });
      expect(error.message).toContain(`these bytes stand at position ${before}`);
      expect(error.hint).toContain(`go on at position ${before + 3000}`);
      expectAppended(object, before);
      expect(object.appends).toBe(1);
    },
  );

  test("is sent again after a refusal before anything was appended", async () => {
    const { object, append, methods } = appendRig(["request timeout", "incomplete body"], before);
    await append();
    expectAppended(object, before);
    expect(methods()).toEqual(["POST", "POST", "POST"]);
  });

  test("appends again when HEAD shows that the first did not happen", async () => {
    const { object, append } = appendRig(["lost before it happened", "lost before it happened"], before);
    await append();
    expectAppended(object, before);
    expect(object.appends).toBe(3);
  });

  test.each<[AppendFault, number]>([
    ["other append instead", 3000],
    ["other append of another length instead", 3001],
    ["shorter other append instead", 2999],
  ])("is a conflict after a lost response and a %s", async (fault, grown) => {
    const { object, append } = appendRig([fault], before);
    const error = await caughtAs(append(), CosError);
    expect(error).toMatchObject({ code: "conflict", retryable: false });
    expect(error.hint).toContain(`append again at position ${before + grown}`);
    expect(object.appends).toBe(1);
  });

  test("is outcome-unknown when the first append happens after the HEAD", async () => {
    const { object, append } = appendRig(["lost, and happens after the next HEAD"], before);
    expect(await caughtAs(append(), CosError)).toMatchObject({ code: "outcome-unknown" });
    expectAppended(object, before);
    expect(object.appends).toBe(2);
  });

  test("is outcome-unknown when the first append happens late and COS then refuses all others", async () => {
    const slow = Array.from({ length: 60 }, (): AppendFault => "slow down");
    const { object, append } = appendRig(["lost, and happens after the next HEAD", ...slow], before);
    expect(await caughtAs(append(), CosError)).toMatchObject({ code: "outcome-unknown" });
    expectAppended(object, before);
  });

  test("rejects with COS's last refusal when no append happened", async () => {
    const slow = Array.from({ length: 60 }, (): AppendFault => "slow down");
    const { object, append } = appendRig(["lost before it happened", ...slow], before);
    expect(await caughtAs(append(), CosError)).toMatchObject({ code: "throttled" });
    expect(object.bytes.length).toBe(before);
  });

  test("is outcome-unknown when the object was replaced by a shorter one", async () => {
    const { object, append } = appendRig(["lost after it happened"], before + 10);
    object.headStep = () => cosResponse(200, { etag: '"a"', "content-length": "5" });
    expect(await caughtAs(append({ Position: before + 10 }), CosError)).toMatchObject({
      code: "outcome-unknown",
    });
  });

  test("is outcome-unknown when HEAD fails too", async () => {
    const { object, append } = appendRig(["lost after it happened"], before);
    object.headStep = () => refusal(403, "AccessDenied");
    const error = await caughtAs(append(), CosError);
    expect(error).toMatchObject({ code: "outcome-unknown", retryable: false });
    expect(error.hint).toContain(String(before + 3000));
    expect(object.appends).toBe(1);
  });
});

test.each([
  ["is forbidden", () => refusal(403, "AccessDenied")],
  ["does not connect", () => new Broken("connect")],
  [
    "breaks off",
    () =>
      new Response(
        new ReadableStream({
          start(controller) {
            controller.enqueue(new Uint8Array(10));
            controller.error(new Error("socket closed"));
          },
        }),
      ),
  ],
])("appendObject() is outcome-unknown when reading the new bytes back %s", async (_, step) => {
  const { object, append } = appendRig(["lost after it happened"], 500);
  object.getStep = step;
  expect(await caughtAs(append(), CosError)).toMatchObject({ code: "outcome-unknown", retryable: false });
});

test("appendObject() is a conflict when the position is wrong from the start, and sends nothing more", async () => {
  const { append, methods } = appendRig([], 500);
  const error = await caughtAs(append({ Position: 400 }), ServiceError);
  expect(error).toMatchObject({ code: "conflict", cosCode: "AppendPositionErr" });
  expect(methods()).toEqual(["POST"]);
});

test("appendObject() is retried after SlowDown, when nothing can have happened", async () => {
  const { object, append, methods } = appendRig(["slow down"]);
  await append();
  expectAppended(object, 0);
  expect(methods()).toEqual(["POST", "POST"]);
});

test("appendObject() fails after five appends that HEAD shows were not stored", async () => {
  const { object, append } = appendRig(Array.from({ length: 5 }, () => "lost before it happened"));
  await caughtAs(append(), TransportError);
  expect([object.appends, object.bytes.length]).toEqual([5, 0]);
});

test("appendObject() appends exactly once, or is outcome-unknown, under any faults", async () => {
  const kinds: AppendFault[] = [
    "lost after it happened",
    "lost before it happened",
    "lost, and happens after the next HEAD",
    "500 after it happened",
    "503 after it happened",
    "request timeout",
    "slow down",
  ];
  for (let seed = 1; seed <= 60; seed += 1) {
    const random = new Random(seed);
    const before = random.pick([0, 500]);
    const faults = Array.from({ length: random.between(0, 4) }, () => random.pick(kinds));
    const { object, append } = appendRig(faults, before);
    const outcome = await append().then(
      () => "done",
      (error: unknown) => error,
    );
    const label = `seed ${seed}: ${faults.join(", ")}: ${String(outcome)}`;
    const appended = object.bytes.subarray(before);
    if (outcome === "done") expect(Buffer.compare(appended, DATA), label).toBe(0);
    else if (codeOf(outcome) !== "outcome-unknown") expect(appended.length, label).toBe(0);
    else expect([0, DATA.length], label).toContain(appended.length);
  }
});

function codeOf(error: unknown): string | undefined {
  return error instanceof CosError ? error.code : undefined;
}
