import type { ContractCase, Rig } from "./contract.ts";
import { pieces, streamOf } from "./fixtures/bytes.ts";
import { casesOf, type Meeting, turns } from "./fixtures/consumed.ts";

type Content = Uint8Array<ArrayBuffer>;

async function readsOne(stream: ReadableStream): Promise<void> {
  const reader = stream.getReader();
  await reader.read();
  reader.releaseLock();
}

async function drains(stream: ReadableStream): Promise<void> {
  const reader = stream.getReader();
  while (!(await reader.read()).done);
  reader.releaseLock();
}

/** Consumers that need the stream's lock fail, because the upload holds it. */
const meetings: readonly Meeting<ReadableStream>[] = [
  { does: "leaves alone", when: "beside", expected: "whole", act: () => {} },
  { does: "has locked", when: "before", expected: "refused", act: (stream) => stream.getReader() },
  {
    does: "has locked and released",
    when: "before",
    expected: "whole",
    act: (stream) => stream.getReader().releaseLock(),
  },
  { does: "has read a chunk of", when: "before", expected: "refused", act: readsOne },
  { does: "has drained", when: "before", expected: "refused", act: drains },
  // Not awaited: the cancel of one branch waits for that of the other.
  { does: "has cancelled", when: "before", expected: "refused", act: (stream) => void stream.cancel() },
  { does: "has teed", when: "before", expected: "refused", act: (stream) => void stream.tee() },
  {
    does: "has piped elsewhere",
    when: "before",
    expected: "refused",
    act: (stream) => stream.pipeTo(new WritableStream({})),
  },
  ...(["beside", "after"] as const).flatMap((when) =>
    (
      [
        ["reads", (stream) => drains(stream)],
        ["cancels", (stream) => stream.cancel()],
        ["tees", async (stream) => stream.tee()],
        ["pipes elsewhere", (stream) => stream.pipeTo(new WritableStream({}))],
        ["reads through a Response", async (stream) => new Response(stream).text()],
      ] as const satisfies readonly (readonly [string, (stream: ReadableStream) => Promise<unknown>])[]
    ).map(([does, act]) => ({ does, when, expected: "whole", act }) as const),
  ),
];

function byteStream(bytes: Content): ReadableStream {
  const rest = pieces(bytes, 16_000);
  return new ReadableStream({
    type: "bytes",
    pull(controller) {
      const { done, value } = rest.next();
      if (done) {
        controller.close();
        controller.byobRequest?.respond(0);
      } else controller.enqueue(value);
    },
  });
}

const KINDS: readonly [kind: string, make: (bytes: Content) => ReadableStream][] = [
  ["a web stream", (bytes) => streamOf(bytes, 16_000)],
  ["a web stream of bytes", byteStream],
  ["a branch of a tee", (bytes) => streamOf(bytes, 16_000).tee()[0]],
];

/** Bun begins to read the Blob for the first reader. */
const ofBlob = meetings.map((meeting) =>
  meeting.does === "has locked and released" ? { ...meeting, expected: "either" as const } : meeting,
);

const messages: readonly Meeting<Request | Response>[] = [
  { does: "leaves alone", when: "beside", expected: "whole", act: () => {} },
  { does: "has read", when: "before", expected: "refused", act: (message) => message.text() },
  {
    does: "has begun to read",
    when: "before",
    expected: "refused",
    act: (message) => message.body && readsOne(message.body),
  },
  { does: "has cancelled", when: "before", expected: "refused", act: (message) => message.body?.cancel() },
  {
    does: "has cloned, and read the clone,",
    when: "before",
    expected: "whole",
    act: (message) => message.clone().text(),
  },
  ...(["beside", "after"] as const).flatMap((when) => [
    {
      does: "reads",
      when,
      expected: "whole" as const,
      act: async (message: Request | Response) => message.text(),
    },
    {
      does: "clones",
      when,
      expected: "whole" as const,
      act: async (message: Request | Response) => void message.clone(),
    },
    {
      does: "cancels",
      when,
      expected: "whole" as const,
      act: async (message: Request | Response) => message.body?.cancel(),
    },
  ]),
];

const POLYFILL = "web-streams-polyfill";

function polyfilled(bytes: Content, rig: Rig): ReadableStream {
  const rest = pieces(bytes, 16_000);
  const { ReadableStream: Polyfill } = rig.modules[POLYFILL] as {
    ReadableStream: new (source: UnderlyingDefaultSource) => ReadableStream;
  };
  return new Polyfill({
    pull(controller) {
      const { done, value } = rest.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}

/** It does not show whether it was read: after one chunk it looks like a new one. */
const ofPolyfill = meetings.filter(({ does }) => !/has read a chunk|Response|pipe/.test(does));

async function* generated(bytes: Content): AsyncGenerator<Uint8Array> {
  for (const piece of pieces(bytes, 16_000)) {
    await turns(1);
    yield piece;
  }
}

async function iterates(generator: AsyncGenerator<Uint8Array>): Promise<void> {
  for await (const _ of generator);
}

const generators: readonly Meeting<AsyncGenerator<Uint8Array>>[] = [
  { does: "leaves alone", when: "beside", expected: "whole", act: () => {} },
  { does: "has drained", when: "before", expected: "refused", act: iterates },
  { does: "has ended", when: "before", expected: "refused", act: (generator) => generator.return(undefined) },
  ...(["beside", "after"] as const).flatMap((when) =>
    (
      [
        ["takes a chunk of", (generator) => generator.next()],
        ["iterates over", iterates],
        ["ends", (generator) => generator.return(undefined)],
        ["throws into", (generator) => generator.throw(new Error("beside"))],
      ] as const satisfies readonly (readonly [string, Meeting<AsyncGenerator<Uint8Array>>["act"]])[]
    ).map(([does, act]) => ({ does, when, expected: "refused", act }) as const),
  ),
];

export const cases: readonly ContractCase[] = [
  ...KINDS.flatMap(([kind, make]) => casesOf(kind, meetings, make)),
  ...casesOf("a stream of a Blob", ofBlob, (bytes) => new Blob([bytes]).stream()),
  ...casesOf("a stream of web-streams-polyfill", ofPolyfill, polyfilled, POLYFILL),
  ...casesOf("a Response", messages, (bytes) => new Response(streamOf(bytes, 16_000))),
  ...casesOf("a Request", messages, (bytes) => requestOf(bytes)),
  ...casesOf("a generator", generators, generated),
];

function requestOf(bytes: Content): Request {
  return new Request("http://127.0.0.1/", { method: "POST", body: bytes });
}
