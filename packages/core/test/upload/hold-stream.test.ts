import { PassThrough, Readable } from "node:stream";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import type { ByteSource } from "../../src/runtime/byte-source.ts";
import { openBody } from "../../src/upload/open-body.ts";
import { caught } from "../support/caught.ts";
import { readWhole } from "../support/read-whole.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { scriptedWire } from "../support/wire.ts";

const { runtime } = scriptedWire(new VirtualClock(), []);
const open = (body: unknown, size?: number): Promise<ByteSource> => openBody(runtime, body, "Data", size);

async function textOf(opened: Promise<ByteSource>): Promise<string> {
  return new TextDecoder().decode(await readWhole(await opened, 1_000_000));
}

async function* letters(): AsyncGenerator<string> {
  yield "abc";
  yield "def";
}

const webStream = (): ReadableStream<Uint8Array> => new Blob(["abcdef"]).stream();

function letterStream(): Readable {
  const chunks = ["abc", "def"].map((text) => Buffer.from(text));
  return Readable.from(chunks, { objectMode: false });
}

/** Time for another consumer to take the available chunks. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
}

describe("a stream is held before openBody() returns its promise", () => {
  test("a web stream is locked", async () => {
    const stream = webStream();
    const opened = open(stream);
    expect(stream.locked).toBe(true);
    expect(await textOf(opened)).toBe("abcdef");
  });

  test("a Response's body is locked", async () => {
    const response = new Response("abcdef");
    const opened = open(response);
    expect(response.body?.locked).toBe(true);
    expect(await textOf(opened)).toBe("abcdef");
  });

  test.each<[string, (stream: Readable) => void]>([
    ["a data listener", (stream) => stream.on("data", () => {})],
    [
      "a data listener that changes what it gets",
      (stream) => stream.on("data", (chunk: Buffer) => chunk.fill(0)),
    ],
    ["pipe", (stream) => stream.pipe(new PassThrough({ highWaterMark: 1 })).resume()],
    ["resume", (stream) => stream.resume()],
  ])("what %s takes from a Node stream is stored all the same", async (_, consume) => {
    const before = letterStream();
    consume(before);
    const after = letterStream();
    const opened = [open(before), open(after)];
    consume(after);
    await turns(10);
    for (const each of opened) expect(await textOf(each)).toBe("abcdef");
  });

  test("chunks that a parallel for await takes are stored, also when it changes them", async () => {
    const stream = letterStream();
    const opened = open(stream);
    for await (const chunk of stream) chunk.fill(0);
    expect(await textOf(opened)).toBe("abcdef");
  });
});

describe("a stream that cannot yield its whole content is refused with the reason", () => {
  async function readOne(stream: ReadableStream): Promise<ReadableStream> {
    const reader = stream.getReader();
    await reader.read();
    reader.releaseLock();
    return stream;
  }

  async function drained(stream: ReadableStream): Promise<ReadableStream> {
    const reader = stream.getReader();
    while (!(await reader.read()).done);
    reader.releaseLock();
    return stream;
  }

  async function used(): Promise<Response> {
    const response = new Response("abc");
    await response.text();
    return response;
  }

  async function cancelled(): Promise<ReadableStream> {
    const stream = webStream();
    await stream.cancel();
    return stream;
  }

  async function halfRead(): Promise<Readable> {
    const stream = new PassThrough();
    stream.write("abc");
    stream.read();
    stream.end("def");
    return stream;
  }

  test.each<[string, () => Promise<object>, RegExp]>([
    ["a web stream that gave one chunk", () => readOne(webStream()), /was read from or cancelled before/],
    ["a web stream that was drained", () => drained(webStream()), /was read from or cancelled before/],
    ["a web stream that was cancelled", cancelled, /was read from or cancelled before/],
    ["a Response that was read", used, /was read before/],
    [
      "a Response to HEAD",
      async () => new Response(null, { headers: { "content-length": "3" } }),
      /has no body/,
    ],
    ["a Node stream that gave some bytes", halfRead, /somebody has read from this stream/],
    [
      "a Node stream that decodes to latin1",
      async () => new PassThrough({ encoding: "latin1" }),
      /setEncoding/,
    ],
  ])("%s", async (_, make, message) => {
    expect(await caught(open(await make()))).toMatchObject({ name: "TypeError", parameter: "Data", message });
  });

  test("a generator that was given to an earlier call", async () => {
    const generator = letters();
    const source = await open(generator);
    await source.close();
    expect(await caught(open(generator))).toMatchObject({
      name: "TypeError",
      message: /given to an upload before/,
    });
  });

  test("an iterable that begins again each time may be given again", async () => {
    const iterable = { [Symbol.asyncIterator]: letters };
    expect(await textOf(open(iterable))).toBe("abcdef");
    expect(await textOf(open(iterable))).toBe("abcdef");
  });

  test("an iterable that yields nothing at all, unless its length is 0", async () => {
    async function* nothing(): AsyncGenerator<string> {}
    async function* emptyChunk(): AsyncGenerator<string> {
      yield "";
    }
    expect(await caught(textOf(open(nothing())))).toMatchObject({ code: "source-length" });
    expect(await textOf(open(emptyChunk()))).toBe("");
    const source = await open(nothing(), 0);
    expect((await source.read(0, 1, new Uint8Array(1))).length).toBe(0);
  });
});

describe("the length of a message", () => {
  test.each<[string, Response | Request, number | undefined]>([
    ["is what its headers tell", new Response("abc", { headers: { "content-length": "3" } }), 3],
    ["is unknown without the header", new Response("abc"), undefined],
    [
      "is unknown when fetch has decoded it",
      new Response("abc", { headers: { "content-length": "3", "content-encoding": "gzip" } }),
      undefined,
    ],
    ["is 0 without a body", new Response(null), 0],
  ])("%s", async (_, message, size) => {
    expect((await open(message)).size).toBe(size);
  });

  test("that is wrong fails the read", async () => {
    const request = new Request("http://127.0.0.1", {
      method: "PUT",
      body: "abc",
      headers: { "content-length": "4" },
    });
    expect(await caught(textOf(open(request)))).toMatchObject({ code: "source-length" });
  });
});

describe("bytes of another realm", () => {
  test.each([["new ArrayBuffer(3)"], ["new Uint8Array(3)"], ["new DataView(new ArrayBuffer(3))"]])(
    "%s",
    async (code) => {
      const body: unknown = runInNewContext(code);
      expect(await textOf(open(body))).toBe("\0\0\0");
      expect(await textOf(open(Readable.from([body])))).toBe("\0\0\0");
    },
  );

  test("no other object is taken for an ArrayBuffer", async () => {
    const fake = { [Symbol.toStringTag]: "ArrayBuffer", byteLength: 3 };
    expect(await caught(open(fake))).toMatchObject({ name: "TypeError", parameter: "Data" });
  });
});

test("a chunk that was transferred away is never taken for an empty one", async () => {
  const chunk = new Uint8Array([1, 2, 3]);
  const stream = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(chunk) });
  const source = await open(stream);
  structuredClone(chunk.buffer, { transfer: [chunk.buffer] });
  expect(await caught(source.read(0, 1, new Uint8Array(1)))).toMatchObject({ code: "source-changed" });
});

test("the reason of a failed stream is in the message", async () => {
  const reason = new Error("the disk is gone");
  for (const stream of [
    new ReadableStream({ start: (controller) => controller.error(reason) }),
    new Readable({ read: () => {} }).on("error", () => {}).destroy(reason),
  ]) {
    const error = await caught(textOf(open(stream)));
    expect(error).toMatchObject({ code: "source-unreadable", message: /the disk is gone/, cause: reason });
  }
});
