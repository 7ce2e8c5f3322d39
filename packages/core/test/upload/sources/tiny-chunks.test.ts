import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { caught } from "../../support/caught.ts";
import { streamSource } from "../../support/stream-source.ts";

/** A signal that counts the listeners it was given. */
function countedSignal(): { controller: AbortController; added: () => number } {
  const controller = new AbortController();
  const { signal } = controller;
  const add = signal.addEventListener.bind(signal);
  let added = 0;
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    added += 1;
    add(...args);
  };
  return { controller, added: () => added };
}

async function* ones(count: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index += 1) yield new Uint8Array([index]);
}

test("a read of many tiny chunks adds one listener to its signal, and removes it", async () => {
  const { controller, added } = countedSignal();
  const source = streamSource(ones(1000), undefined);
  expect((await source.read(0, 1000, new Uint8Array(1000), controller.signal)).length).toBe(1000);
  expect(added()).toBe(1);
  await new Promise(setImmediate);
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
});

test("the rest of a Buffer is a copy too, although Buffer's own slice is a view", async () => {
  const slab = Buffer.from([1, 2, 3, 4]);
  async function* one(): AsyncGenerator<Uint8Array> {
    yield slab;
  }
  const source = streamSource(one(), undefined);
  await source.read(0, 2, new Uint8Array(2));
  slab.fill(9);
  expect([...(await source.read(2, 4, new Uint8Array(2)))]).toEqual([3, 4]);
});

test("an abort ends the wait for any of the chunks, not only for the first", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  async function* stuck(): AsyncGenerator<Uint8Array> {
    yield* ones(3);
    controller.abort(reason);
    await new Promise(() => {});
  }
  const source = streamSource(stuck(), undefined);
  expect(await caught(source.read(0, 10, new Uint8Array(10), controller.signal))).toBe(reason);
  await new Promise(setImmediate);
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  await source.close();
});

test("a chunk after the abort is not written, because the part's memory may be reused by then", async () => {
  const controller = new AbortController();
  let deliver = (): void => {};
  async function* late(): AsyncGenerator<Uint8Array> {
    await new Promise<void>((resolve) => {
      deliver = resolve;
    });
    yield new Uint8Array([7]);
  }
  const source = streamSource(late(), undefined);
  const into = new Uint8Array(1);
  const reading = source.read(0, 1, into, controller.signal);
  await new Promise(setImmediate);
  controller.abort(new Error("enough"));
  await caught(reading);
  deliver();
  await new Promise(setImmediate);
  expect([...into]).toEqual([0]);
});

test("an abort that came before ends the read at the first chunk", async () => {
  const reason = new Error("enough");
  const source = streamSource(ones(3), undefined);
  expect(await caught(source.read(0, 3, new Uint8Array(3), AbortSignal.abort(reason)))).toBe(reason);
});
