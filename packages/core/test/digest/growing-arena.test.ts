import { describe, expect, test } from "vitest";
import { Arena } from "../../src/digest/arena.ts";
import { caught } from "../support/caught.ts";

const PAGE = 4096;

/** Not in every `lib`. */
type Resizable = ArrayBuffer & { resize(length: number): void };
const ResizableBuffer = ArrayBuffer as unknown as new (length: number, options: object) => Resizable;

/** An arena over a resizable buffer, as WASM's memory is one in newer runtimes. */
function growingArena(pages: number, start = PAGE) {
  const memory = new ResizableBuffer(start, { maxByteLength: start + pages * PAGE });
  const machine = { memory, pagesLeft: pages, refused: 0 };
  const arena = new Arena(
    (bytes) => {
      const more = Math.max(0, start + bytes - memory.byteLength);
      if (more > machine.pagesLeft * PAGE) {
        machine.refused += 1;
        throw new RangeError("no memory");
      }
      machine.pagesLeft -= more / PAGE;
      memory.resize(memory.byteLength + more);
      return memory;
    },
    start,
    pages * PAGE,
  );
  return { arena, machine };
}

describe("an arena whose memory grows", () => {
  test("takes memory when a buffer needs it, and uses what it has first", async () => {
    const { arena, machine } = growingArena(8);
    const taken = (): number => machine.memory.byteLength / PAGE - 1;
    const first = await arena.allocate(PAGE);
    expect(taken()).toBe(1);
    const second = await arena.allocate(2 * PAGE);
    expect(taken()).toBe(3);
    first.release();
    const again = await arena.allocate(PAGE);
    expect([taken(), again.bytes.byteOffset]).toEqual([3, PAGE]);
    second.release();
    again.release();
    // The pages before the end that it has are free: three more are enough for six.
    const large = await arena.allocate(6 * PAGE);
    expect([taken(), large.bytes.byteOffset]).toEqual([6, PAGE]);
  });

  test("gives out buffers that keep their bytes while it grows", async () => {
    const { arena } = growingArena(4);
    const first = await arena.allocate(PAGE);
    first.bytes.fill(7);
    const second = await arena.allocate(3 * PAGE);
    second.bytes.fill(9);
    expect(first.bytes.length).toBe(PAGE);
    expect(first.bytes.every((byte) => byte === 7)).toBe(true);
  });

  test("reserves no more than it is asked for, and not again what it has", async () => {
    const { arena, machine } = growingArena(8);
    arena.reserve(2 * PAGE);
    arena.reserve(PAGE);
    expect(machine.memory.byteLength).toBe(3 * PAGE);
  });

  test("waits for a buffer while the machine has no more memory", async () => {
    const { arena, machine } = growingArena(8);
    machine.pagesLeft = 3;
    const first = await arena.allocate(PAGE);
    const second = await arena.allocate(2 * PAGE);
    let granted = 0;
    const waiting = arena.allocate(3 * PAGE).then((buffer) => {
      granted = buffer.bytes.length;
      return buffer;
    });
    second.release();
    await new Promise(setImmediate);
    expect([granted, machine.refused]).toEqual([0, 2]);
    first.release();
    expect((await waiting).bytes.byteOffset).toBe(PAGE);
  });

  test("fails when nobody holds a buffer and the machine has no memory; later it tries again", async () => {
    const { arena, machine } = growingArena(8);
    machine.pagesLeft = 1;
    expect(await caught(arena.allocate(2 * PAGE))).toMatchObject({ message: "no memory" });
    const held = await arena.allocate(PAGE);
    const waiting = caught(arena.allocate(2 * PAGE));
    held.release();
    expect(await waiting).toMatchObject({ message: "no memory" });
    machine.pagesLeft = 8;
    expect((await arena.allocate(2 * PAGE)).bytes.length).toBe(2 * PAGE);
  });
});
