import {
  type Clock,
  CosClient,
  type CosOptions,
  type Runtime,
  TransportError,
  type WireRequest,
} from "@cosup/core";
import { createNodeRuntime } from "../../packages/node/src/runtime.ts";
import { PART_UNIT } from "./flows.ts";

export const KEYS = { secretId: "AKIDfaults", secretKey: "secret-of-faults" };

/** Deadlines and pauses are shorter than those of life: by fifty, and the long ones of Complete and of copies by more. */
export function hurried(ms: number): number {
  return ms / (ms > 300_000 ? 500 : 50);
}

/** What is seen of a client's exchanges. */
export interface Watch {
  /** Gets the error of every deadline that has ended an exchange. */
  readonly deadlines?: Set<unknown>;
  readonly onSend?: (request: WireRequest) => void;
}

/** A client of the emulator's run `run`, over real sockets, with parts of kilobytes. */
export function hurriedClient(
  url: string,
  run: string,
  watch: Watch = {},
  options: CosOptions = {},
): CosClient {
  return new CosClient(
    watched(watch),
    {
      Region: "ap-guangzhou",
      Endpoint: `${url}/{Bucket}`,
      SecretId: `${KEYS.secretId}@${run}`,
      SecretKey: KEYS.secretKey,
      memoryBudget: 1024 * 1024,
      ...options,
    },
    CLOCK,
  );
}

const CLOCK: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  timer: (delayMs, fire) => {
    const timer = setTimeout(fire, hurried(delayMs));
    return () => clearTimeout(timer);
  },
};

function watched({ deadlines, onSend }: Watch): Runtime {
  const runtime = createNodeRuntime();
  return {
    name: runtime.name,
    wasm: runtime.wasm,
    defaults: { ...runtime.defaults, partUnit: PART_UNIT },
    send: (request) => {
      onSend?.(request);
      request.signal.addEventListener("abort", () => {
        const { reason } = request.signal;
        // One deadline can end several parts: they share its error.
        if (reason instanceof TransportError && reason.failure === "timeout") deadlines?.add(reason);
      });
      return runtime.send(request);
    },
    open: runtime.open,
    transportError: runtime.transportError,
    ...(runtime.sha1 && { sha1: runtime.sha1 }),
    ...(runtime.close && { close: runtime.close }),
  };
}
