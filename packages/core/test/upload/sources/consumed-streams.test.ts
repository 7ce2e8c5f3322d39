import * as nodeStream from "node:stream";
import fc from "fast-check";
import readableStream2 from "readable-stream-2";
import readableStream3 from "readable-stream-3";
import readableStream4 from "readable-stream-4";
import streamx from "streamx";
import { expect, test } from "vitest";
import { CosError } from "../../../src/errors.ts";
import { ReadAhead } from "../../../src/runtime/read-ahead.ts";
import { openBody } from "../../../src/upload/open-body.ts";
import { NodeStreamSource } from "../../../src/upload/sources/node-stream-source.ts";
import { pattern } from "../../support/random.ts";
import { createRig } from "../../support/upload-rig.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";
import { scriptedWire } from "../../support/wire.ts";

const { runtime } = scriptedWire(new VirtualClock(), []);

type Stream = nodeStream.Readable;
type Module = Pick<typeof nodeStream, "Readable" | "Writable">;

const MODULES: Readonly<Record<string, Module>> = {
  "node:stream": nodeStream,
  "readable-stream 2": readableStream2 as Module,
  "readable-stream 3": readableStream3 as Module,
  "readable-stream 4": readableStream4 as Module,
  streamx: streamx as unknown as Module,
};

const ACTIONS = {
  listens: (stream: Stream) => stream.on("data", () => {}),
  overwrites: (stream: Stream) =>
    stream.on("data", (chunk: unknown) => chunk instanceof Uint8Array && chunk.fill(0)),
  pipes: (stream: Stream, { Writable }: Module) => {
    const slow = new Writable({ highWaterMark: 1, write: (...values) => setImmediate(values.at(-1)) });
    stream.pipe(slow.on("error", () => {}));
  },
  unpipes: (stream: Stream) => stream.unpipe?.(),
  resumes: (stream: Stream) => stream.resume(),
  pauses: (stream: Stream) => stream.pause(),
  reads: (stream: Stream) => stream.read(),
  readsAll: (stream: Stream) =>
    stream.on("readable", () => {
      while (stream.read() !== null);
    }),
  "puts back": (stream: Stream) => {
    const chunk: unknown = stream.read();
    if (chunk !== null) stream.unshift(chunk);
  },
  iterates: async (stream: Stream) => {
    for await (const chunk of stream) chunk.fill?.(0);
  },
  "iterates over some": async (stream: Stream) => {
    for await (const _ of stream) break;
  },
  destroys: (stream: Stream) => stream.destroy(),
  "destroys with a reason": (stream: Stream) => stream.destroy(new Error("random")),
  "decodes as UTF-8": (stream: Stream) => stream.setEncoding("utf8"),
  "decodes as hex": (stream: Stream) => stream.setEncoding("hex"),
  "removes listeners": (stream: Stream) => stream.removeAllListeners("data"),
} as const satisfies Record<string, (stream: Stream, module: Module) => unknown>;
type Action = keyof typeof ACTIONS;

/** The actions of the other consumer: before the call, right after it, and some milliseconds of virtual time later. */
const schedules = fc.record({
  module: fc.constantFrom(...Object.keys(MODULES)),
  lengths: fc.array(fc.integer({ min: 1, max: 3000 }), { maxLength: 12 }),
  /** After how many pieces the stream waits for a turn each time. */
  burst: fc.integer({ min: 1, max: 5 }),
  highWaterMark: fc.integer({ min: 1, max: 4000 }),
  before: fc.array(fc.constantFrom(...(Object.keys(ACTIONS) as Action[])), { maxLength: 2 }),
  beside: fc.array(fc.constantFrom(...(Object.keys(ACTIONS) as Action[])), { maxLength: 2 }),
  after: fc.array(
    fc.tuple(fc.integer({ min: 0, max: 60 }), fc.constantFrom(...(Object.keys(ACTIONS) as Action[]))),
    { maxLength: 3 },
  ),
});
type Schedule = typeof schedules extends fc.Arbitrary<infer T> ? T : never;

function makeStream(
  { Readable }: Module,
  bytes: Uint8Array,
  { lengths, burst, highWaterMark }: Schedule,
): Stream {
  let at = 0;
  let piece = 0;
  return new Readable({
    highWaterMark,
    read(this: Stream, done: unknown) {
      const give = (): void => {
        const length = lengths[piece];
        const chunk = length === undefined ? null : Buffer.from(bytes.subarray(at, at + length));
        // Before the push, which may ask for the next piece.
        at += length ?? 0;
        piece += 1;
        this.push(chunk);
        if (typeof done === "function") done(null);
      };
      if (piece % burst === 0) setImmediate(give);
      else give();
    },
  });
}

/** Errors of the other consumer do not matter. */
function act(action: Action, stream: Stream, module: Module): void {
  try {
    void Promise.resolve(ACTIONS[action](stream, module)).catch(() => {});
  } catch {}
}

interface Outcome {
  readonly stored: Uint8Array | undefined;
  readonly error: unknown;
  readonly bytes: Uint8Array;
}

const READS_WHILE_FULL: Schedule = {
  module: "readable-stream 2",
  lengths: [1, 1, 1],
  burst: 3,
  highWaterMark: 1,
  before: ["pipes"],
  beside: [],
  after: [[0, "reads"]],
};

const DECODES_TWICE: Schedule = {
  module: "node:stream",
  lengths: [1, 1023, 1],
  burst: 2,
  highWaterMark: 1,
  before: [],
  beside: [],
  after: [
    [0, "decodes as hex"],
    [1, "decodes as UTF-8"],
  ],
};

/** What another consumer does between two reads of the upload, and how many bytes the next read asks for. */
const betweenReads = fc.record({
  // Few bytes, so that reads often end where a chunk ends: then nothing is held.
  schedule: schedules.map((schedule) => ({
    ...schedule,
    lengths: schedule.lengths.map((length) => (length % 4) + 1),
  })),
  reads: fc.array(
    fc.record({
      length: fc.integer({ min: 1, max: 8 }),
      actions: fc.array(fc.constantFrom(...(Object.keys(ACTIONS) as Action[])), { maxLength: 2 }),
      turns: fc.integer({ min: 0, max: 3 }),
    }),
    { minLength: 1, maxLength: 8 },
  ),
});

type BetweenReads = typeof betweenReads extends fc.Arbitrary<infer T> ? T : never;

const DECODES_BETWEEN: BetweenReads = {
  schedule: {
    module: "streamx",
    lengths: [3, 2],
    burst: 1,
    highWaterMark: 1,
    before: [],
    beside: [],
    after: [],
  },
  reads: [
    { length: 1, actions: ["decodes as UTF-8"], turns: 0 },
    { length: 1, actions: [], turns: 0 },
  ],
};

const DECODES_AFTER_THE_END: BetweenReads = {
  schedule: {
    module: "node:stream",
    lengths: [2, 4, 3, 4, 3, 1],
    burst: 5,
    highWaterMark: 10,
    before: [],
    beside: [],
    after: [],
  },
  reads: [
    { length: 1, actions: [], turns: 0 },
    { length: 1, actions: ["decodes as UTF-8"], turns: 0 },
    { length: 1, actions: [], turns: 0 },
  ],
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function turns(count: number, isOver = (): boolean => false): Promise<void> {
  for (let passed = 0; passed < count && !isOver(); passed += 1) await turn();
}

/** Reads a stream piece by piece while another consumer acts in between. */
async function readBetween({
  schedule,
  reads,
}: typeof betweenReads extends fc.Arbitrary<infer T> ? T : never) {
  const module = MODULES[schedule.module] ?? nodeStream;
  const bytes = pattern(
    schedule.lengths.reduce((sum, length) => sum + length, 0),
    7,
  );
  const stream = makeStream(module, bytes, schedule);
  stream.on("error", () => {});
  // Every read may add listeners of the other consumer.
  stream.setMaxListeners?.(0);
  const source = new NodeStreamSource(stream, "Body", new ReadAhead(1 << 20));
  const got: Uint8Array[] = [];
  let at = 0;
  try {
    for (let index = 0; ; index += 1) {
      const {
        length,
        actions,
        turns: waits,
      } = reads[index % reads.length] ?? { length: 1, actions: [], turns: 0 };
      const piece = source.read(at, at + length, new Uint8Array(length));
      let settled = false;
      void piece.then(
        () => (settled = true),
        () => (settled = true),
      );
      await turns(5000, () => settled);
      if (!settled) throw new Error("the read stalls");
      got.push(await piece);
      at += got.at(-1)?.length ?? 0;
      if ((got.at(-1)?.length ?? 0) < length) return { got: Buffer.concat(got), error: undefined, bytes };
      for (const action of actions) act(action, stream, module);
      await turns(waits);
    }
  } catch (error) {
    return { got: undefined, error, bytes };
  } finally {
    await source.close();
  }
}

/** Plays a schedule; fails if the upload stalls. */
async function play(schedule: Schedule): Promise<Outcome> {
  const module = MODULES[schedule.module] ?? nodeStream;
  const bytes = pattern(
    schedule.lengths.reduce((sum, length) => sum + length, 0),
    7,
  );
  const stream = makeStream(module, bytes, schedule);
  stream.on("error", () => {});
  const rig = await createRig();
  for (const action of schedule.before) act(action, stream, module);
  const work = openBody(runtime, stream, "Body").then((source) =>
    rig.start(source, { checkpoints: undefined }),
  );
  for (const action of schedule.beside) act(action, stream, module);
  for (const [when, action] of schedule.after) rig.clock.timer(when, () => act(action, stream, module));
  const error = await rig.clock.run(work).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { stored: rig.target.object?.bytes, error, bytes };
}

test("an upload beside any other consumer stores the whole content, or fails and stores nothing", async () => {
  await fc.assert(
    fc.asyncProperty(schedules, async (schedule) => {
      const { stored, error, bytes } = await play(schedule);
      if (error === undefined) expect(Buffer.compare(stored ?? new Uint8Array(1), bytes)).toBe(0);
      else {
        expect(stored).toBeUndefined();
        expect(error instanceof CosError || (error instanceof TypeError && "parameter" in error)).toBe(true);
      }
    }),
    {
      numRuns: Number(process.env.COSUP_RUNS ?? 300),
      // Found at random: readable-stream 2 counts a full destination twice when another consumer reads meanwhile; and a
      // buffer that was decoded as hex is not what it was once the encoding is UTF-8 again.
      examples: [[READS_WHILE_FULL], [DECODES_TWICE]],
    },
  );
});

test("a source gives the whole content or fails, whatever another consumer does between its reads", async () => {
  await fc.assert(
    fc.asyncProperty(betweenReads, async (actions) => {
      const { got, error, bytes } = await readBetween(actions);
      if (error === undefined) expect(Buffer.compare(got ?? new Uint8Array(1), bytes)).toBe(0);
      else expect(error).toBeInstanceOf(CosError);
    }),
    {
      numRuns: Number(process.env.COSUP_RUNS ?? 300),
      // Found at random: streamx drops an incomplete character at the end of a stream that decodes, and Node does when the
      // stream has ended before it decodes.
      examples: [[DECODES_BETWEEN], [DECODES_AFTER_THE_END]],
    },
  );
});
