import type { Body } from "@cosup/core";
import type { ContractCase } from "./contract.ts";
import { iterableOf, MB, noise, pieces, streamOf, textBytes } from "./fixtures/bytes.ts";
import { expectOnePut, expectParts, expectStored } from "./fixtures/stored.ts";

interface BodyKind {
  readonly name: string;
  /** Only text can be made of it. */
  readonly text?: true;
  /** Of unknown length, so that a long one goes up in parts. */
  readonly streamed?: true;
  /** An empty body may mean that it was already read: refused unless the caller declares ContentLength 0. */
  readonly saysEmpty?: true;
  make(bytes: Uint8Array<ArrayBuffer>): Body;
}

/** The kinds of body of every platform. */
const KINDS: readonly BodyKind[] = [
  { name: "a string", text: true, make: (bytes) => new TextDecoder().decode(bytes) },
  { name: "a Uint8Array", make: (bytes) => bytes },
  { name: "a view into the middle of a buffer", make: viewInMiddle },
  { name: "an ArrayBuffer", make: (bytes) => bytes.buffer },
  { name: "a DataView", make: (bytes) => new DataView(bytes.buffer) },
  { name: "an Int8Array", make: (bytes) => new Int8Array(bytes.buffer) },
  { name: "a Blob", make: (bytes) => new Blob([bytes]) },
  { name: "a slice of a Blob", make: (bytes) => new Blob(["<<", bytes, ">>"]).slice(2, 2 + bytes.length) },
  { name: "a File", make: (bytes) => new File([bytes], "name.bin") },
  { name: "a file of FormData", make: fileOfForm },
  { name: "a stream", streamed: true, make: (bytes) => streamOf(bytes) },
  { name: "a stream of one chunk", streamed: true, make: (bytes) => streamOf(bytes, bytes.length || 1) },
  { name: "a stream of odd chunks", streamed: true, make: (bytes) => streamOf(bytes, 50_021) },
  { name: "a stream of strings", text: true, streamed: true, make: streamOfStrings },
  { name: "a byte stream", streamed: true, make: byteStream },
  { name: "a Blob's stream", streamed: true, make: (bytes) => new Blob([bytes]).stream() },
  { name: "a Response's body", streamed: true, make: (bytes) => bodyOf(new Response(bytes)) },
  { name: "a Request's body", streamed: true, make: requestBody },
  {
    name: "a TransformStream's end",
    streamed: true,
    make: (bytes) => streamOf(bytes).pipeThrough(new TransformStream<Uint8Array, Uint8Array>()),
  },
  { name: "an async iterable", streamed: true, saysEmpty: true, make: (bytes) => iterableOf(bytes) },
  {
    name: "an async iterable of strings",
    text: true,
    streamed: true,
    saysEmpty: true,
    make: iterableOfStrings,
  },
];

const SIZES = [0, 1, 1000] as const;
const LONG = MB + 1;

function contentOf(kind: BodyKind, size: number): Uint8Array<ArrayBuffer> {
  // Two bytes a character, so that strings show their UTF-8.
  return kind.text
    ? textBytes(`${"é".repeat(size >> 1)}${size % 2 === 1 ? "x" : ""}`)
    : noise(size, size + 7);
}

const short = KINDS.flatMap((kind) =>
  SIZES.map(
    (size): ContractCase => ({
      name: `putObject() stores ${kind.name} of ${size} bytes`,
      run: async (t, rig) => {
        const { Bucket, client } = rig;
        const Key = rig.uniqueKey("body");
        const bytes = contentOf(kind, size);
        const ContentLength = kind.saysEmpty && size === 0 ? 0 : undefined;
        const result = await client.putObject({ Bucket, Key, Body: kind.make(bytes), ContentLength });
        expectOnePut(t, result, bytes);
        await expectStored(t, rig, Key, bytes);
      },
    }),
  ),
);

const long = KINDS.map(
  (kind): ContractCase => ({
    name: `uploadFile() stores ${kind.name} of 1 MB and a byte${kind.streamed ? " in two parts" : " in one PUT"}`,
    run: async (t, rig) => {
      const { Bucket, client } = rig;
      const Key = rig.uniqueKey("body");
      const bytes = contentOf(kind, LONG);
      const result = await client.uploadFile({ Bucket, Key, Body: kind.make(bytes), PartSize: 1 });
      if (kind.streamed) expectParts(t, result, bytes, 2);
      else expectOnePut(t, result, bytes);
      await expectStored(t, rig, Key, bytes);
    },
  }),
);

export const cases: readonly ContractCase[] = [...short, ...long];

function viewInMiddle(bytes: Uint8Array): Uint8Array {
  const around = new Uint8Array(bytes.length + 22).fill(0xee);
  around.set(bytes, 11);
  return around.subarray(11, 11 + bytes.length);
}

function fileOfForm(bytes: Uint8Array<ArrayBuffer>): Body {
  const form = new FormData();
  form.append("upload", new Blob([bytes]), "name.bin");
  const entry = form.get("upload");
  if (entry === null || typeof entry === "string") throw new Error("FormData gave no file");
  return entry;
}

/** Split between characters, as text streams yield them. */
function* stringsOf(bytes: Uint8Array): Generator<string> {
  for (const piece of pieces(bytes, 4096)) yield new TextDecoder().decode(piece);
}

function streamOfStrings(bytes: Uint8Array): ReadableStream<string> {
  const strings = stringsOf(bytes);
  return new ReadableStream<string>({
    pull(controller) {
      const { done, value } = strings.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}

async function* iterableOfStrings(bytes: Uint8Array): AsyncGenerator<string> {
  yield* stringsOf(bytes);
}

function byteStream(bytes: Uint8Array): ReadableStream<Uint8Array> {
  const source = pieces(bytes, 32 * 1024);
  return new ReadableStream({
    type: "bytes",
    pull(controller) {
      const { done, value } = source.next();
      if (done) {
        controller.close();
        // A reader that brought its own buffer waits for this.
        controller.byobRequest?.respond(0);
      } else controller.enqueue(value);
    },
  });
}

function requestBody(bytes: Uint8Array<ArrayBuffer>): Body {
  return bodyOf(new Request("http://127.0.0.1/", { method: "POST", body: bytes }));
}

function bodyOf({ body }: Request | Response): Body {
  if (body === null) throw new Error("no body");
  return body;
}
