import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ArgumentTypeError, SourceError } from "@cosup/core";
import { type ByteSource, openNodeStream } from "@cosup/core/runtime";
import { describe, expect, it, vi } from "vitest";
import { caught } from "./caught.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** Reads a source to its end, in parts of `partSize`. */
async function readAll(source: ByteSource, partSize: number): Promise<{ bytes: Buffer; lengths: number[] }> {
  const parts: Buffer[] = [];
  for (let start = 0; ; start += partSize) {
    const part = await source.read(start, start + partSize, new Uint8Array(partSize));
    parts.push(Buffer.from(part));
    if (part.byteLength < partSize) {
      return { bytes: Buffer.concat(parts), lengths: parts.map((each) => each.byteLength) };
    }
  }
}

/** Splits bytes into chunks whose sizes go round through `sizes`. */
function* chunked(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  let start = 0;
  for (let index = 0; start < bytes.byteLength; index++) {
    const size = sizes[index % sizes.length] ?? 1;
    yield bytes.subarray(start, start + size);
    start += size;
  }
}

const nodeSource = (stream: Readable): ByteSource => openNodeStream(stream, "Body");

const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe("the bytes", () => {
  it.each([
    ["1 B", [1], 20_000],
    ["1 B to 1 KiB", Array.from({ length: 1_024 }, (_, index) => index + 1), 2_000_000],
    ["64 KiB", [65_536], 2_000_000],
    ["larger than a part", [1_500_000], 4_000_000],
    ["empty ones between", [0, 5, 0, 0, 1_000], 100_000],
  ])("arrive in order from chunks of %s", async (_name, sizes, size) => {
    const bytes = randomBytes(size);
    const source = nodeSource(Readable.from(chunked(bytes, sizes)));
    const partSize = 9_973;
    const { bytes: read, lengths } = await readAll(source, partSize);
    expect(digest(read)).toBe(digest(bytes));
    expect(lengths.slice(0, -1).every((length) => length === partSize)).toBe(true);
    await source.close();
  });

  it("fill `into` itself", async () => {
    const source = nodeSource(Readable.from([Buffer.from("abcdef")]));
    const into = new Uint8Array(4);
    const read = await source.read(0, 4, into);
    expect(read.buffer).toBe(into.buffer);
    expect(String(Buffer.from(into))).toBe("abcd");
    expect(String(Buffer.from(await source.read(4, 8, into)))).toBe("ef");
    expect((await source.read(6, 10, into)).byteLength).toBe(0);
  });

  it("end at a part's edge with an empty read", async () => {
    const source = nodeSource(Readable.from([Buffer.alloc(8)]));
    expect((await readAll(source, 4)).lengths).toEqual([4, 4, 0]);
  });

  it("of an empty stream are none", async () => {
    expect((await readAll(nodeSource(Readable.from([])), 4)).lengths).toEqual([0]);
  });

  it("are UTF-8 when the stream yields strings", async () => {
    const path = join(await temporaryDirectory(), "text");
    const text = "grüße 你好 🚀 ".repeat(20_000);
    await writeFile(path, text);
    for (const stream of [createReadStream(path, { encoding: "utf8" }), Readable.from(["grüße ", "你好"])]) {
      const expected = stream.readableEncoding === "utf8" ? text : "grüße 你好";
      expect(String((await readAll(nodeSource(stream), 70_001)).bytes)).toBe(expected);
    }
  });

  it("are a view's own, and not its buffer's", async () => {
    const around = new Uint16Array([1, 2, 3, 4]);
    const stream = Readable.from([new DataView(around.buffer, 2, 4), around.buffer.slice(0, 2)], {
      objectMode: true,
    });
    const { bytes } = await readAll(nodeSource(stream), 100);
    expect([...bytes]).toEqual([2, 0, 3, 0, 1, 0]);
  });

  it("come from an fs.ReadStream, by content and not by its path property", async () => {
    const path = join(await temporaryDirectory(), "file");
    await writeFile(path, "0123456789");
    const source = nodeSource(createReadStream(path, { start: 2, end: 5 }));
    expect([source.size, source.fingerprint, source.access]).toEqual([undefined, undefined, "sequential"]);
    expect(String((await readAll(source, 3)).bytes)).toBe("2345");
  });

  it("are only asked for in order", async () => {
    const source = nodeSource(Readable.from([Buffer.alloc(8)]));
    expect(await caught(source.read(4, 8, new Uint8Array(4)))).toBeInstanceOf(SourceError);
  });
});

describe("memory", () => {
  it("does not read ahead of what is asked", async () => {
    let produced = 0;
    const stream = new Readable({
      highWaterMark: 1_024,
      read() {
        produced += 1_000;
        this.push(Buffer.alloc(1_000));
      },
    });
    const source = nodeSource(stream);
    await source.read(0, 10_000, new Uint8Array(10_000));
    expect(produced).toBeLessThan(20_000);
    await source.close();
  });

  it("does not keep a slab for the sake of a small rest", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    let slab: WeakRef<ArrayBufferLike> | undefined;
    const stream = new PassThrough();
    const source = nodeSource(stream);
    const write = (): void => {
      const buffer = Buffer.alloc(10_000_000);
      slab = new WeakRef(buffer.buffer);
      stream.write(buffer.subarray(0, 1_010));
    };
    write();
    await source.read(0, 1_000, new Uint8Array(1_000));
    await vi.waitFor(
      () => {
        collect();
        // Compared as a boolean, because a failing matcher would keep the slab in memory.
        expect(slab?.deref() === undefined).toBe(true);
      },
      { timeout: 10_000 },
    );
    stream.end();
    expect((await source.read(1_000, 2_000, new Uint8Array(1_000))).byteLength).toBe(10);
  });
});

describe("failure", () => {
  it("of the stream: source-unreadable with its cause", async () => {
    const cause = new Error("disk on fire");
    const stream = Readable.from(
      (function* () {
        yield Buffer.alloc(10);
        throw cause;
      })(),
    );
    const error = await caught(readAll(nodeSource(stream), 100));
    expect(error).toMatchObject({ code: "source-unreadable", cause });
  });

  it("of a stream that is destroyed midway: never a quiet end", async () => {
    const stream = new PassThrough();
    stream.write("some");
    const reading = caught(readAll(nodeSource(stream), 100));
    setImmediate(() => stream.destroy());
    expect(await reading).toMatchObject({ code: "source-unreadable" });
  });

  it("while the upload is queued does not end the process, and is reported by the first read", async () => {
    const stream = createReadStream(join(await temporaryDirectory(), "missing"));
    const source = nodeSource(stream);
    await new Promise<void>((resolve) => stream.once("close", () => resolve()));
    expect(await caught(source.read(0, 10, new Uint8Array(10)))).toMatchObject({
      code: "source-unreadable",
      cause: { code: "ENOENT" },
    });
  });

  it.each([[{ an: "object" }], [42], [true]])("of a stream of %j: a wrong argument", async (chunk) => {
    const error = await caught(readAll(nodeSource(Readable.from([chunk])), 100));
    expect(error).toBeInstanceOf(ArgumentTypeError);
    expect(error).toMatchObject({ parameter: "Body" });
  });

  it("a stream read before is refused instead of uploaded as nothing", async () => {
    const ended = Readable.from(["x"]);
    await ended.toArray();
    const destroyed = new PassThrough().destroy();
    for (const stream of [ended, destroyed]) {
      expect(await caught(Promise.resolve().then(() => nodeSource(stream)))).toMatchObject({
        parameter: "Body",
      });
    }
    const failed = new PassThrough().on("error", () => {});
    const cause = new Error("early");
    failed.destroy(cause);
    expect(await caught(Promise.resolve().then(() => nodeSource(failed)))).toMatchObject({
      code: "source-unreadable",
      cause,
    });
  });
});

describe("abort and close", () => {
  it("an abort ends the wait for a stream that stays silent", async () => {
    const stream = new PassThrough();
    stream.write("begun");
    const source = nodeSource(stream);
    const controller = new AbortController();
    const reading = caught(source.read(0, 100, new Uint8Array(100), controller.signal));
    await new Promise(setImmediate);
    const reason = new Error("enough");
    controller.abort(reason);
    expect(await reading).toBe(reason);
    await source.close();
    expect(stream.destroyed).toBe(true);
  });

  it("an abort before the read leaves the stream alone", async () => {
    const stream = Readable.from(["x"]);
    const source = nodeSource(stream);
    const signal = AbortSignal.abort(new Error("enough"));
    expect(await caught(source.read(0, 1, new Uint8Array(1), signal))).toBe(signal.reason);
    expect(stream.readableDidRead).toBe(false);
  });

  it("close destroys the stream and closes what is under it", async () => {
    const path = join(await temporaryDirectory(), "file");
    await writeFile(path, Buffer.alloc(1_000_000));
    const stream = createReadStream(path);
    const source = nodeSource(stream);
    await source.read(0, 10, new Uint8Array(10));
    const closed = new Promise<void>((resolve) => stream.once("close", () => resolve()));
    await source.close();
    await closed;
    expect(await source.changed()).toBe(false);
  });

  it("an interrupted read resolves with the bytes it has, and the next one continues", async () => {
    const stream = new PassThrough();
    const source = nodeSource(stream);
    const into = new Uint8Array(8);
    const read = source.read(0, 8, into);
    stream.write(Buffer.from([1, 2, 3]));
    await new Promise(setImmediate);
    source.interrupt?.();
    expect([...(await read)]).toEqual([1, 2, 3]);
    stream.end(Buffer.from([4, 5]));
    expect([...(await source.read(3, 8, new Uint8Array(5)))]).toEqual([4, 5]);
    expect([...into]).toEqual([1, 2, 3, 0, 0, 0, 0, 0]);
    expect(await source.read(5, 6, new Uint8Array(1))).toHaveLength(0);
  });

  it("no listener is left on the signal", async () => {
    const { signal } = new AbortController();
    let listening = 0;
    const add = vi.spyOn(signal, "addEventListener").mockImplementation(() => {
      listening += 1;
    });
    vi.spyOn(signal, "removeEventListener").mockImplementation(() => {
      listening -= 1;
    });
    const source = nodeSource(Readable.from(chunked(Buffer.alloc(1_000), [10])));
    await source.read(0, 2_000, new Uint8Array(2_000), signal);
    await new Promise(setImmediate);
    expect(add).toHaveBeenCalled();
    expect(listening).toBe(0);
  });
});
