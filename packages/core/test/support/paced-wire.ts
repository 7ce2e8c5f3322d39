import type { Runtime } from "../../src/runtime/runtime.ts";
import type { WireRequest } from "../../src/runtime/wire.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** One block that left the machine. */
export interface Left {
  readonly atMs: number;
  readonly bytes: number;
  readonly request: WireRequest;
}

/**
 * Writes each body in blocks, as the adapters do, on a line without limits.
 * @param left receives the blocks
 * @param metered whether the runtime tells how many bytes a socket has not accepted
 */
export function inBlocks(runtime: Runtime, clock: VirtualClock, left: Left[], metered: boolean): Runtime {
  const write = async (request: WireRequest): Promise<void> => {
    const { body, paceBlock } = request;
    if (body === undefined || paceBlock === undefined) return;
    let written = 0;
    request.onStart?.(metered ? () => body.length - written : undefined);
    while (written < body.length) {
      const bytes = Math.min(paceBlock, body.length - written);
      if ((await request.pace?.(bytes)) === false) throw new Error("ended");
      left.push({ atMs: clock.now(), bytes, request });
      written += bytes;
    }
  };
  return {
    ...runtime,
    pacesBodies: true,
    send: (request) => write(request).then(() => runtime.send(request)),
  };
}
