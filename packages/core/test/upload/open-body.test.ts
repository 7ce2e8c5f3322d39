import { describe, expect, test } from "vitest";
import { SourceError } from "../../src/errors.ts";
import { openBody, openPath } from "../../src/upload/open-body.ts";
import { blobSource } from "../../src/upload/sources/blob-source.ts";
import { bytesSource } from "../../src/upload/sources/bytes-source.ts";
import { caught, caughtAs } from "../support/caught.ts";
import { pattern } from "../support/random.ts";
import { readWhole } from "../support/read-whole.ts";
import { streamSource } from "../support/stream-source.ts";
import { TestFile } from "../support/upload-rig.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { scriptedWire } from "../support/wire.ts";

const { runtime } = scriptedWire(new VirtualClock(), []);
const view = new Uint8Array([0, 1, 2, 3, 4, 5]);

async function* iterable(): AsyncGenerator<string> {
  yield "abc";
}

describe("openBody()", () => {
  test.each<[string, unknown, number | undefined, boolean, number[]]>([
    ["text", "aé", 3, true, [0x61, 0xc3, 0xa9]],
    ["bytes", view.subarray(1, 3), 2, true, [1, 2]],
    ["an ArrayBuffer", view.buffer, 6, true, [0, 1, 2, 3, 4, 5]],
    ["a DataView", new DataView(view.buffer, 4, 2), 2, true, [4, 5]],
    ["a Blob", new Blob(["abc"]), 3, false, [97, 98, 99]],
    ["a stream", new Blob(["abc"]).stream(), undefined, false, [97, 98, 99]],
    ["an iterable", iterable(), undefined, false, [97, 98, 99]],
    ["nothing at all", "", 0, true, []],
  ])("opens %s", async (_, body, size, inMemory, content) => {
    const source = await openBody(runtime, body, "Body");
    expect(source).toMatchObject({ size, inMemory });
    expect([...(await readWhole(source, 100))]).toEqual(content);
  });

  test("asks the runtime first", async () => {
    const file = new TestFile(pattern(5));
    const lending = { ...runtime, open: async () => file };
    expect(await openBody(lending, "text", "Body")).toBe(file);
  });

  test("gives a stream the length that the caller declares", async () => {
    expect(await openBody(runtime, iterable(), "Body", 3)).toMatchObject({ size: 3, access: "sequential" });
    const own = { ...runtime, open: async () => streamSource(iterable(), undefined) };
    const source = await openBody(own, {}, "Body", 3);
    expect([source.size, (await readWhole(source, 10)).length]).toEqual([3, 3]);
  });

  test("refuses a length that is not the body's, and closes it", async () => {
    const file = new TestFile(pattern(5));
    const error = await caught(openBody({ ...runtime, open: async () => file }, {}, "Body", 4));
    expect(error).toMatchObject({ name: "RangeError", parameter: "ContentLength" });
    expect(file.closed).toBe(1);
  });

  test("refuses a stream that other code is reading, by the name of the parameter", async () => {
    const stream = new Blob(["a"]).stream();
    stream.getReader();
    expect(await caught(openBody(runtime, stream, "Data"))).toMatchObject({
      name: "TypeError",
      parameter: "Data",
    });
  });

  test.each<[string, (buffer: ArrayBuffer) => unknown]>([
    ["an ArrayBuffer", (buffer) => buffer],
    ["bytes", (buffer) => new Uint8Array(buffer, 1, 2)],
    ["a DataView", (buffer) => new DataView(buffer, 1, 2)],
  ])("refuses %s that was transferred, instead of sending nothing", async (_, make) => {
    const buffer = new ArrayBuffer(4);
    const body = make(buffer);
    structuredClone(buffer, { transfer: [buffer] });
    expect(await caught(openBody(runtime, body, "Body"))).toMatchObject({
      name: "TypeError",
      parameter: "Body",
      message: expect.stringMatching(/transferred/),
    });
  });
});

describe("openPath()", () => {
  test("takes a path or a URL to the runtime", async () => {
    const asked: unknown[] = [];
    const lending = {
      ...runtime,
      open: async (input: unknown) => {
        asked.push(input);
        return new TestFile(pattern(5));
      },
    };
    await openPath(lending, "a/b");
    await openPath(lending, new URL("file:///a/b"), 5);
    await openPath(lending, new URL("file:///a/b"), undefined, true);
    expect(asked).toEqual([
      { path: "a/b" },
      new URL("file:///a/b"),
      { path: new URL("file:///a/b"), refuseSymlinks: true },
    ]);
  });

  test("refuses a length that is not the file's, and closes it", async () => {
    const file = new TestFile(pattern(5));
    const error = await caught(openPath({ ...runtime, open: async () => file }, "a", 6));
    expect(error).toMatchObject({ name: "RangeError", parameter: "ContentLength" });
    expect(file.closed).toBe(1);
  });

  test("gives a FIFO or device, of unknown length, the length that the caller declares", async () => {
    const fifo = { ...runtime, open: async () => streamSource(iterable(), undefined) };
    const source = await openPath(fifo, "fifo", 3);
    expect([source.size, (await readWhole(source, 10)).length]).toEqual([3, 3]);
  });

  test.each([new URL("https://example.com/a"), new URL("data:,a"), "", 5, undefined])(
    "refuses %s, whatever the runtime reads",
    async (path) => {
      const file = { ...runtime, open: async () => new TestFile(pattern(5)) };
      expect(await caught(openPath(file, path))).toMatchObject({
        name: "TypeError",
        message: expect.stringContaining("must be a path or a file: URL"),
      });
    },
  );
});

describe("bytesSource()", () => {
  test("returns views, without a copy", async () => {
    const source = bytesSource(view);
    const part = await source.read(2, 4, new Uint8Array(0));
    expect([part.buffer === view.buffer, ...part]).toEqual([true, 2, 3]);
    expect([await source.changed(), (await source.read(5, 9, new Uint8Array(0))).length]).toEqual([false, 1]);
  });

  test("is a SourceError when the bytes are transferred away", async () => {
    const bytes = new Uint8Array(4);
    const source = bytesSource(bytes);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    const error = await caughtAs(source.read(0, 4, new Uint8Array(0)), SourceError);
    expect([error.code, await source.changed()]).toEqual(["source-changed", true]);
  });
});

describe("blobSource()", () => {
  test("reads any range into the given buffer", async () => {
    const source = blobSource(new Blob([view]));
    const into = new Uint8Array(4);
    const part = await source.read(2, 6, into);
    expect([part.buffer === into.buffer, ...part]).toEqual([true, 2, 3, 4, 5]);
  });

  test("can be resumed when it is a File", () => {
    expect(blobSource(new File(["abc"], "a", { lastModified: 7 })).fingerprint).toBe("3:7");
    expect(blobSource(new Blob(["abc"])).fingerprint).toBeUndefined();
  });

  test("is a SourceError when the Blob can no longer be read", async () => {
    const failure = new DOMException("gone", "NotReadableError");
    const blob = new Blob(["abc"]);
    blob.slice = () => Object.assign(new Blob([]), { arrayBuffer: () => Promise.reject(failure) });
    const error = await caughtAs(blobSource(blob).read(0, 3, new Uint8Array(3)), SourceError);
    expect(error).toMatchObject({ code: "source-unreadable", cause: failure });
  });
});
