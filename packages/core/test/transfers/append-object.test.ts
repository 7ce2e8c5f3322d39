import { describe, expect, test } from "vitest";
import { CosError, ServiceError, SourceError, TransportError } from "../../src/errors.ts";
import type { AppendObjectParameters } from "../../src/transfers/append-parameters.ts";
import { Appendable, type AppendFault } from "../support/appendable.ts";
import { caught, caughtAs } from "../support/caught.ts";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { pattern, Random } from "../support/random.ts";
import { TestFile } from "../support/upload-rig.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { Broken, cosResponse, fakeWire, refusal } from "../support/wire.ts";

const DATA = pattern(3000);

function rig(faults: readonly AppendFault[] = [], before = 0) {
  const clock = new VirtualClock();
  const object = new Appendable(faults);
  if (before > 0) object.grow(pattern(before, 9));
  const wire = fakeWire(clock, object.respond);
  const cos = clientOf(wire.runtime, clock);
  const append = (more: Partial<AppendObjectParameters> = {}) =>
    clock.run(cos.appendObject({ Bucket, Key, Position: before, Data: DATA, ...more }));
  const methods = (): string[] => wire.sent.map(({ method }) => method);
  return { clock, object, wire, append, methods };
}

function expectAppended(object: Appendable, before: number): void {
  expect(Buffer.compare(object.bytes.subarray(before), DATA)).toBe(0);
}

describe.each([0, 500])("appendObject() at position %i", (before) => {
  test("appends once, and tells the next position", async () => {
    const { object, append, methods } = rig([], before);
    expect(await append()).toMatchObject({ ETag: '"a"', nextAppendPosition: before + 3000 });
    expectAppended(object, before);
    expect(methods()).toEqual(["POST"]);
  });

  test.each<AppendFault>(["lost after it happened", "500 after it happened", "503 after it happened"])(
    "does not know whose the equal bytes are after a response %s, and does not append again",
    async (fault) => {
      const { object, append } = rig([fault], before);
      const error = await caughtAs(append(), CosError);
      expect(error).toMatchObject({ code: "outcome-unknown", retryable: false });
      expect(error.message).toContain(`these bytes stand at position ${before}`);
      expect(error.hint).toContain(`go on at position ${before + 3000}`);
      expectAppended(object, before);
      expect(object.appends).toBe(1);
    },
  );

  test("is sent again after a refusal that COS gave before it appended anything", async () => {
    const { object, append, methods } = rig(["request timeout", "incomplete body"], before);
    await append();
    expectAppended(object, before);
    expect(methods()).toEqual(["POST", "POST", "POST"]);
  });

  test("appends again when HEAD shows that the first did not happen", async () => {
    const { object, append } = rig(["lost before it happened", "lost before it happened"], before);
    await append();
    expectAppended(object, before);
    expect(object.appends).toBe(3);
  });

  test.each<[AppendFault, number]>([
    ["other append instead", 3000],
    ["other append of another length instead", 3001],
    ["shorter other append instead", 2999],
  ])("is a conflict after a lost response and a %s", async (fault, grown) => {
    const { object, append } = rig([fault], before);
    const error = await caughtAs(append(), CosError);
    expect(error).toMatchObject({ code: "conflict", retryable: false });
    expect(error.hint).toContain(`append again at position ${before + grown}`);
    expect(object.appends).toBe(1);
  });

  test("does not know either when the first append happens after HEAD has denied it", async () => {
    const { object, append } = rig(["lost, and happens after the next HEAD"], before);
    expect(await caughtAs(append(), CosError)).toMatchObject({ code: "outcome-unknown" });
    expectAppended(object, before);
    expect(object.appends).toBe(2);
  });

  test("does not know when the first append happens late and COS then refuses all others", async () => {
    const slow = Array.from({ length: 60 }, (): AppendFault => "slow down");
    const { object, append } = rig(["lost, and happens after the next HEAD", ...slow], before);
    expect(await caughtAs(append(), CosError)).toMatchObject({ code: "outcome-unknown" });
    expectAppended(object, before);
  });

  test("is what COS said last when no append happened and COS refuses all others", async () => {
    const slow = Array.from({ length: 60 }, (): AppendFault => "slow down");
    const { object, append } = rig(["lost before it happened", ...slow], before);
    expect(await caughtAs(append(), CosError)).toMatchObject({ code: "throttled" });
    expect(object.bytes.length).toBe(before);
  });

  test("does not know when the object was replaced by a shorter one", async () => {
    const { object, append } = rig(["lost after it happened"], before + 10);
    object.headStep = () => cosResponse(200, { etag: '"a"', "content-length": "5" });
    expect(await caughtAs(append({ Position: before + 10 }), CosError)).toMatchObject({
      code: "outcome-unknown",
    });
  });

  test("is outcome-unknown when HEAD fails too", async () => {
    const { object, append } = rig(["lost after it happened"], before);
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
  const { object, append } = rig(["lost after it happened"], 500);
  object.getStep = step;
  expect(await caughtAs(append(), CosError)).toMatchObject({ code: "outcome-unknown", retryable: false });
});

test("appendObject() is a conflict when the position is wrong from the start, and asks nothing further", async () => {
  const { append, methods } = rig([], 500);
  const error = await caughtAs(append({ Position: 400 }), ServiceError);
  expect(error).toMatchObject({ code: "conflict", cosCode: "AppendPositionErr" });
  expect(methods()).toEqual(["POST"]);
});

test("appendObject() is repeated after SlowDown, when nothing can have happened", async () => {
  const { object, append, methods } = rig(["slow down"]);
  await append();
  expectAppended(object, 0);
  expect(methods()).toEqual(["POST", "POST"]);
});

test("appendObject() fails after five appends that HEAD shows were not stored", async () => {
  const { object, append } = rig(Array.from({ length: 5 }, () => "lost before it happened"));
  await caughtAs(append(), TransportError);
  expect([object.appends, object.bytes.length]).toEqual([5, 0]);
});

test("appendObject() appends exactly once, or says that it does not know, under any faults", async () => {
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
    const { object, append } = rig(faults, before);
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

describe("appendObject() of a stream", () => {
  const MB = 1024 * 1024;

  test("goes up in appends of one part each, with monotone progress", async () => {
    const { object, append, wire } = rig();
    const data = pattern(2.5 * MB);
    const seen: [number, number | undefined][] = [];
    await append({ Data: new Blob([data]).stream(), onProgress: (done, total) => seen.push([done, total]) });
    expect(Buffer.compare(object.bytes, data)).toBe(0);
    expect(wire.sent.map(({ url }) => new URL(url).searchParams.get("position"))).toEqual([
      "0",
      String(MB),
      String(2 * MB),
    ]);
    expect(seen).toEqual([
      [MB, undefined],
      [2 * MB, undefined],
      [2.5 * MB, undefined],
    ]);
  });

  test("of nothing makes an empty object", async () => {
    const { object, append } = rig();
    expect(await append({ Data: new Blob([]).stream() })).toMatchObject({ nextAppendPosition: 0 });
    expect(object.exists).toBe(true);
  });

  test("works within a memoryBudget smaller than a part", async () => {
    const clock = new VirtualClock();
    const object = new Appendable([]);
    const { runtime } = fakeWire(clock, object.respond);
    const large = { ...runtime, defaults: { ...runtime.defaults, partSize: 8 * MB } };
    const cos = clientOf(large, clock, { memoryBudget: MB });
    const data = pattern(1.5 * MB);
    await clock.run(cos.appendObject({ Bucket, Key, Position: 0, Data: new Blob([data]).stream() }));
    expect(Buffer.compare(object.bytes, data)).toBe(0);
  });
});

test("appendObject() with a ContentMD5 that is not the data's sends nothing", async () => {
  const { append, methods } = rig();
  const error = await caught(append({ ContentMD5: "XrY7u+Ae7tCTyyK7j1rNww==" }));
  expect(error).toMatchObject({ name: "IntegrityError", retryable: false });
  expect(methods()).toEqual([]);
});

describe("appendObject() of a file", () => {
  const MB = 1024 * 1024;

  /** A client whose every body is `file`. */
  function fileRig(file: TestFile) {
    const clock = new VirtualClock();
    const object = new Appendable([]);
    const { runtime } = fakeWire(clock, object.respond);
    const cos = clientOf({ ...runtime, open: async () => file }, clock);
    const append = () => clock.run(cos.appendObject({ Bucket, Key, Position: 0, Data: { path: "log" } }));
    return { object, append };
  }

  test("that is rewritten while it is being read appends nothing", async () => {
    const file = new TestFile(pattern(3000));
    file.onRead = () => {
      file.isChanged = true;
    };
    const { object, append } = fileRig(file);
    const error = await caughtAs(append(), SourceError);
    expect(error).toMatchObject({ code: "source-changed", retryable: false });
    expect(error.message).toContain("nothing was published");
    expect([object.appends, file.closed]).toEqual([0, 1]);
  });

  test("that is rewritten later says what was appended of it", async () => {
    const file = new TestFile(pattern(2.5 * MB));
    file.onRead = (start) => {
      file.isChanged = start === MB;
    };
    const { object, append } = fileRig(file);
    const error = await caughtAs(append(), SourceError);
    expect(error.code).toBe("source-changed");
    expect(error.message).toBe(
      `the source changed while it was being appended: ${MB} bytes of it are stored`,
    );
    expect(error.hint).toContain(`begin at position ${MB}`);
    expect([object.appends, object.bytes.length]).toEqual([1, MB]);
  });

  test("that cannot change is not asked", async () => {
    const file = new TestFile(pattern(3000), true);
    file.isChanged = true;
    const { object, append } = fileRig(file);
    await append();
    expectAppended(object, 0);
  });
});
