import type { ContractCase } from "./contract.ts";
import { casesOf, type Expected, type Meeting, turns } from "./fixtures/consumed.ts";
import {
  drain,
  NODE_STREAMS,
  type NodeLike,
  type NodeStreamName,
  nodeStream,
  slowDrain,
} from "./fixtures/node-streams.ts";

type Act = Meeting<NodeLike>["act"];

/** Whether the stream shows that it was read. For the others this cannot be detected. */
function tellsReads(name: NodeStreamName): boolean {
  return name === "node:stream" || name === "readable-stream 4";
}

const overwrites = (chunk: Uint8Array | string): void => {
  if (typeof chunk !== "string") chunk.fill(0);
};

/** Reads all available data whenever the stream is readable. */
function readsAll(stream: NodeLike): void {
  stream.on("readable", () => {
    for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) overwrites(chunk as Uint8Array);
  });
}

async function iterates(stream: NodeLike): Promise<void> {
  for await (const chunk of stream) overwrites(chunk);
}

/** readable-stream 2 is older than async iteration. */
function iterable(name: NodeStreamName): boolean {
  return name !== "readable-stream 2";
}

function drains(stream: NodeLike): Promise<void> {
  return new Promise((resolve) => stream.on("data", () => {}).on("end", resolve));
}

async function readsOne(stream: NodeLike): Promise<unknown> {
  // Opened by the first look.
  const early = stream.read();
  if (early !== null) return early;
  await turns();
  return stream.read();
}

async function putsBack(stream: NodeLike): Promise<void> {
  const chunk = await readsOne(stream);
  stream.unshift(chunk);
}

function both(name: NodeStreamName, when: "before" | "beside" | "after"): readonly Meeting<NodeLike>[] {
  const whole: readonly [does: string, act: Act][] = [
    ["listens to", (stream) => void stream.on("data", () => {})],
    ["listens to, overwriting its chunks,", (stream) => void stream.on("data", overwrites)],
    ["pipes elsewhere", (stream, rig) => void stream.pipe(drain(rig, name))],
    ["pipes elsewhere slowly", (stream, rig) => void stream.pipe(slowDrain(rig, name))],
    ["resumes", (stream) => void stream.resume()],
    ["pauses", (stream) => void stream.pause()],
    ["reads whenever it is readable", readsAll],
  ];
  return whole.map(([does, act]) => ({ does, when, expected: "whole", act }));
}

function before(name: NodeStreamName): readonly Meeting<NodeLike>[] {
  const refused: readonly [does: string, act: Act][] = [
    [
      "has begun to read by listening",
      async (stream) => {
        stream.on("data", () => {});
        await turns();
      },
    ],
    [
      "has begun to read by pipe",
      async (stream, rig) => {
        stream.pipe(drain(rig, name));
        await turns();
      },
    ],
    ["has drained", drains],
    ["has destroyed", (stream) => void stream.destroy()],
    [
      "has failed",
      async (stream) => {
        stream.on("error", () => {});
        stream.destroy(new Error("early"));
        await turns();
      },
    ],
    ["lets decode as latin1", (stream) => void stream.setEncoding("latin1")],
  ];
  const put: Expected = tellsReads(name) ? "refused" : "whole";
  return [
    ...refused.map(([does, act]) => ({ does, when: "before", expected: "refused", act }) as const),
    ...(tellsReads(name)
      ? [{ does: "has read a chunk of", when: "before", expected: "refused", act: readsOne } as const]
      : []),
    { does: "has read a chunk of, and put it back,", when: "before", expected: put, act: putsBack },
  ];
}

function meanwhile(name: NodeStreamName): readonly Meeting<NodeLike>[] {
  // It yields nothing at first, so the upload may take all of its data.
  const put: Expected = name === "streamx" ? "either" : "refused";
  return [
    ...(iterable(name)
      ? [{ does: "iterates over", when: "beside", expected: "whole", act: iterates } as const]
      : []),
    { does: "reads a chunk of, and puts it back,", when: "beside", expected: put, act: putsBack },
    ...spoils,
  ];
}

const spoils: readonly Meeting<NodeLike>[] = (
  [
    ["destroys", (stream) => stream.destroy()],
    ["destroys with a reason", (stream) => stream.destroy(new Error("beside"))],
    ["lets decode as latin1", (stream) => stream.setEncoding("latin1")],
    ["lets decode as UTF-8, which it is not,", (stream) => stream.setEncoding("utf8")],
    ["removes all listeners of", (stream) => stream.removeAllListeners()],
  ] as const satisfies readonly (readonly [string, Act])[]
).map(([does, act]) => ({ does, when: "beside", expected: "refused", act }));

/** The upload may be over by then. */
const late: readonly Meeting<NodeLike>[] = (
  [
    ["destroys", (stream) => stream.destroy()],
    ["removes all listeners of", (stream) => stream.removeAllListeners()],
  ] as const satisfies readonly (readonly [string, Act])[]
).map(([does, act]) => ({ does, when: "after", expected: "either", act }));

const untouched: Meeting<NodeLike> = {
  does: "leaves alone",
  when: "beside",
  expected: "whole",
  act: () => {},
};

export const cases: readonly ContractCase[] = NODE_STREAMS.flatMap((name) =>
  casesOf(
    `a stream of ${name}`,
    [
      untouched,
      ...both(name, "before"),
      ...before(name),
      ...both(name, "beside"),
      ...meanwhile(name),
      ...both(name, "after"),
      ...late,
    ],
    (bytes, rig) => nodeStream(rig, name, bytes),
    name,
  ),
);
