import { expect, test } from "vitest";
import { awaitsDrain, type NodeStream } from "../../../src/upload/sources/node-stream.ts";

/** A stream of readable-stream 2 or 3 that counts one full destination. */
function counting(pipes: object): NodeStream {
  return { _readableState: { awaitDrain: 1, pipes } } as unknown as NodeStream;
}

test.each([
  ["one that is full", { _writableState: { needDrain: true } }, true],
  ["one that has drained, counted twice", { _writableState: { needDrain: false } }, false],
  ["one that does not tell its state", {}, true],
  ["one of another library, without this field", { _writableState: { buffered: 1 } }, true],
  ["several, one of them full", [{ _writableState: { needDrain: false } }, {}], true],
])("of destinations that are counted as full, %s: %s", (_what, pipes, waits) => {
  expect(awaitsDrain(counting(pipes))).toBe(waits);
});
