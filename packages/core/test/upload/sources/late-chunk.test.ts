import { expect, test } from "vitest";
import { caught } from "../../support/caught.ts";
import { streamSource } from "../../support/stream-source.ts";

/** A stream whose one chunk comes when it is given. */
function waiting() {
  let give = (_chunk: Uint8Array): void => {};
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield await new Promise<Uint8Array>((resolve) => {
      give = resolve;
    });
  }
  return { source: streamSource(chunks(), undefined), give: (chunk: Uint8Array) => give(chunk) };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

test("a chunk of an interrupted read is never written into the memory of an aborted one", async () => {
  const { source, give } = waiting();
  const first = source.read(0, 8, new Uint8Array(8), new AbortController().signal);
  source.interrupt?.();
  expect((await first).length).toBe(0);
  const controller = new AbortController();
  // This memory may be reused for another part as soon as the read is rejected.
  const into = new Uint8Array(8);
  const second = caught(source.read(0, 8, into, controller.signal));
  controller.abort(new Error("enough"));
  expect(await second).toMatchObject({ message: "enough" });
  await turn();
  give(new Uint8Array(8).fill(7));
  await turn();
  expect([...into]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
});
