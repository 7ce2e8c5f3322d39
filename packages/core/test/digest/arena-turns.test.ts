import { describe, expect, test } from "vitest";
import { Arena } from "../../src/digest/arena.ts";
import type { PartBuffer } from "../../src/digest/part-buffer.ts";
import { caught } from "../support/caught.ts";

const PAGE = 4096;

interface Asked {
  /** Names in the order in which they are served. */
  readonly served: string[];
  /** Releases the buffer that was served first, once. */
  release(): Promise<void>;
  ask(name: string, pages: number, upload: object | undefined, signal?: AbortSignal): Promise<unknown>;
}

function arenaOf(pages: number): Asked {
  const arena = new Arena(() => new ArrayBuffer(pages * PAGE), 0, pages * PAGE);
  const held: PartBuffer[] = [];
  const served: string[] = [];
  return {
    served,
    release: async () => {
      await new Promise(setImmediate);
      held.shift()?.release();
      await new Promise(setImmediate);
    },
    ask: (name, pages, upload, signal) =>
      arena.allocate(pages * PAGE, signal, upload).then((buffer) => {
        held.push(buffer);
        served.push(name);
      }),
  };
}

describe("Arena, order of waiting uploads", () => {
  test("one upload that asks for many buffers does not keep others waiting for all of them", async () => {
    const { ask, release, served } = arenaOf(1);
    const [one, two, three] = [{}, {}, {}];
    for (const name of ["a1", "a2", "a3"]) void ask(name, 1, one);
    for (const name of ["b1", "b2"]) void ask(name, 1, two);
    void ask("c1", 1, three);
    for (let count = 1; count <= 6; count += 1) await release();
    // The first is served at once; the others take turns, in order within each upload.
    expect(served).toEqual(["a1", "a2", "b1", "c1", "a3", "b2"]);
  });

  test("a later request waits behind all that already wait", async () => {
    const { ask, release, served } = arenaOf(1);
    const large = {};
    void ask("first", 1, undefined);
    for (const name of ["large1", "large2"]) void ask(name, 1, large);
    for (let count = 1; count <= 3; count += 1) {
      void ask(`small${count}`, 1, undefined);
      await release();
    }
    expect(served).toEqual(["first", "large1", "small1", "large2"]);
  });

  test("the first in the queue waits until its buffer fits", async () => {
    const { ask, release, served } = arenaOf(2);
    void ask("one", 1, {});
    void ask("two", 1, {});
    void ask("large", 2, {});
    void ask("small", 1, {});
    await release();
    expect(served).toEqual(["one", "two"]);
    await release();
    expect(served).toEqual(["one", "two", "large"]);
  });

  test("an abort removes one waiting part; the upload keeps its others and its turn", async () => {
    const { ask, release, served } = arenaOf(1);
    const controller = new AbortController();
    const [one, two] = [{}, {}];
    void ask("held", 1, {});
    const gone = ask("a1", 1, one, controller.signal);
    void ask("a2", 1, one);
    void ask("b1", 1, two);
    controller.abort(new Error("enough"));
    expect(await caught(gone)).toMatchObject({ message: "enough" });
    for (let count = 1; count <= 3; count += 1) await release();
    expect(served).toEqual(["held", "a2", "b1"]);
  });
});
