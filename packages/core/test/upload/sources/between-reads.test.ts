import * as nodeStream from "node:stream";
import readableStream2 from "readable-stream-2";
import readableStream3 from "readable-stream-3";
import readableStream4 from "readable-stream-4";
import streamx from "streamx";
import { expect, test } from "vitest";
import { ReadAhead } from "../../../src/runtime/read-ahead.ts";
import { NodeStreamSource } from "../../../src/upload/sources/node-stream-source.ts";
import { caught } from "../../support/caught.ts";

type Module = Pick<typeof nodeStream, "Readable">;

const MODULES: readonly (readonly [string, Module])[] = [
  ["node:stream", nodeStream],
  ["readable-stream 2", readableStream2 as Module],
  ["readable-stream 3", readableStream3 as Module],
  ["readable-stream 4", readableStream4 as Module],
  ["streamx", streamx as unknown as Module],
];

/** Pushes the numbers from `first` to `last`, two in a chunk. */
function push(stream: nodeStream.Readable, first: number, last: number): void {
  for (let number = first; number < last; number += 2) stream.push(Buffer.from([number, number + 1]));
}

/** Until the streams have done what they do in later turns. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

/** Reads by another consumer while no read of the upload is under way: what it took belongs to the next part. */
const CONSUMERS: Readonly<Record<string, (stream: nodeStream.Readable) => void>> = {
  "reads a chunk": (stream) => expect(stream.read()).not.toBeNull(),
  "lets it flow": (stream) => stream.resume(),
  listens: (stream) => stream.on("data", () => {}),
};

for (const [name, module] of MODULES) {
  for (const [consumer, act] of Object.entries(CONSUMERS)) {
    // A full read leaves its memory full, an interrupted one leaves it part-filled.
    for (const length of [4, 3]) {
      test(`${name}: another consumer ${consumer} between two reads, the first of ${length} bytes`, async () => {
        // Only streamx has this callback: there the end comes when its read is done.
        let readDone: unknown;
        const read = (done: unknown): void => {
          readDone = done;
        };
        const stream = new module.Readable({ highWaterMark: 64, read });
        push(stream, 1, 4);
        const source = new NodeStreamSource(stream, "Body", new ReadAhead(1 << 20));
        const first = await source.read(0, length, new Uint8Array(length));
        expect([...first]).toEqual([1, 2, 3, 4].slice(0, length));
        push(stream, 5, 8);
        act(stream);
        await settled();
        push(stream, 9, 12);
        stream.push(null);
        if (typeof readDone === "function") readDone(null);
        const rest = await source.read(length, 99, new Uint8Array(99 - length));
        expect([...first, ...rest]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        await source.close();
      });
    }
  }
}

for (const [name, module] of MODULES.filter(([each]) => each !== "streamx")) {
  test(`${name}: a character that ends early is no content, also when the stream ended before it decoded`, async () => {
    const stream = new module.Readable({ read() {} });
    stream.push(Buffer.from("A€").subarray(0, 3));
    stream.push(null);
    stream.setEncoding("utf8");
    const source = new NodeStreamSource(stream, "Body", new ReadAhead(1 << 20));
    expect(await caught(source.read(0, 9, new Uint8Array(9)))).toMatchObject({
      code: "source-unreadable",
      message: /not UTF-8/,
    });
    await source.close();
  });
}
