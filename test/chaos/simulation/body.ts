import type { Body } from "@cosup/core";
import { SimulatedFile } from "./file-input.ts";
import type { Rig } from "./rig.ts";

/** The kinds of body. */
export type BodyKind = "bytes" | "file" | "iterable" | "stream";

export interface BodyInHand {
  readonly Body: Body;
  readonly ContentLength?: number;
}

let names = 0;

/** The bytes as a body of the given kind. Half of the streams declare their length. */
export function bodyOf(rig: Rig, bytes: Uint8Array, kind: BodyKind, immutable = false): BodyInHand {
  switch (kind) {
    case "bytes":
      return { Body: bytes };
    case "file": {
      names += 1;
      return {
        Body: {
          path: rig.file(`file-${names}`, new SimulatedFile(bytes, rig.clock, rig.random, immutable)),
        },
      };
    }
    case "iterable":
      return { Body: chunks(rig, bytes), ...told(rig, bytes) };
    default: {
      const iterator = chunks(rig, bytes);
      const Body = new ReadableStream<Uint8Array>({
        pull: async (controller) => {
          const { done, value } = await iterator.next();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        cancel: async () => void (await iterator.return()),
      });
      return { Body, ...told(rig, bytes) };
    }
  }
}

function told(rig: Rig, bytes: Uint8Array): { ContentLength?: number } {
  return rig.random.next() < 0.5 ? { ContentLength: bytes.length } : {};
}

async function* chunks(rig: Rig, bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  for (let start = 0; start < bytes.length; ) {
    const end = Math.min(bytes.length, start + rig.random.between(1, 3000));
    if (rig.random.next() < 0.3) await rig.clock.sleep(rig.random.between(1, 20));
    yield bytes.subarray(start, end);
    start = end;
  }
}

/** A stream that fails after some bytes. */
export async function* broken(rig: Rig, bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield* chunks(rig, bytes);
  throw new Error("simulated: the pipe has burst");
}
