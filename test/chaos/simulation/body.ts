import type { Body } from "@cosup/core";
import { SimulatedFile } from "./file-input.ts";
import type { World } from "./world.ts";

/** The ways in which people have bytes in hand. */
export type BodyKind = "bytes" | "file" | "iterable" | "stream";

export interface BodyInHand {
  readonly Body: Body;
  readonly ContentLength?: number;
}

let names = 0;

/** Bytes as a body of a kind; a stream's length is told half of the time. */
export function bodyOf(world: World, bytes: Uint8Array, kind: BodyKind, immutable = false): BodyInHand {
  switch (kind) {
    case "bytes":
      return { Body: bytes };
    case "file": {
      names += 1;
      return {
        Body: {
          path: world.file(`file-${names}`, new SimulatedFile(bytes, world.clock, world.random, immutable)),
        },
      };
    }
    case "iterable":
      return { Body: chunks(world, bytes), ...told(world, bytes) };
    default: {
      const iterator = chunks(world, bytes);
      const Body = new ReadableStream<Uint8Array>({
        pull: async (controller) => {
          const { done, value } = await iterator.next();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        cancel: async () => void (await iterator.return()),
      });
      return { Body, ...told(world, bytes) };
    }
  }
}

function told(world: World, bytes: Uint8Array): { ContentLength?: number } {
  return world.random.next() < 0.5 ? { ContentLength: bytes.length } : {};
}

async function* chunks(world: World, bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  for (let start = 0; start < bytes.length; ) {
    const end = Math.min(bytes.length, start + world.random.between(1, 3000));
    if (world.random.next() < 0.3) await world.clock.sleep(world.random.between(1, 20));
    yield bytes.subarray(start, end);
    start = end;
  }
}

/** A stream that breaks off after some bytes. */
export async function* broken(world: World, bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield* chunks(world, bytes);
  throw new Error("simulated: the pipe has burst");
}
