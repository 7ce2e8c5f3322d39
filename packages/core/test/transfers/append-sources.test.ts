import { describe, expect, test } from "vitest";
import { SourceError } from "../../src/errors.ts";
import { appendRig, expectAppended } from "../support/append-rig.ts";
import { Appendable } from "../support/appendable.ts";
import { caught, caughtAs } from "../support/caught.ts";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { MB } from "../support/core.ts";
import { pattern } from "../support/random.ts";
import { TestFile } from "../support/upload-rig.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { fakeWire } from "../support/wire.ts";

describe("appendObject() of a stream", () => {
  test("is appended in several requests, with monotone progress", async () => {
    const { object, append, wire } = appendRig();
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
      [2.5 * MB, 2.5 * MB],
    ]);
  });

  test("of no bytes makes an empty object", async () => {
    const { object, append } = appendRig();
    expect(await append({ Data: new Blob([]).stream() })).toMatchObject({ nextAppendPosition: 0 });
    expect(object.exists).toBe(true);
  });

  test("that fails is reported, also when its iterator cannot be ended", async () => {
    const { append } = appendRig();
    const Data: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.reject(new Error("out of paper")),
        return: () => {
          throw new Error("it cannot be ended");
        },
      }),
    };
    await expect(append({ Data })).rejects.toThrow("out of paper");
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
  const { append, methods } = appendRig();
  const error = await caught(append({ ContentMD5: "XrY7u+Ae7tCTyyK7j1rNww==" }));
  expect(error).toMatchObject({ name: "IntegrityError", retryable: false });
  expect(methods()).toEqual([]);
});

describe("appendObject() of a file", () => {
  /** A client that uses `file` as every body. */
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

  test("that is rewritten later fails with the number of appended bytes", async () => {
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

  test("that cannot change is not checked", async () => {
    const file = new TestFile(pattern(3000), true);
    file.isChanged = true;
    const { object, append } = fileRig(file);
    await append();
    expectAppended(object, 0);
  });
});
