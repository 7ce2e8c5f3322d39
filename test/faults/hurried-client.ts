import {
  type Clock,
  CosClient,
  type CosOptions,
  type Runtime,
  TransportError,
  type WireRequest,
} from "@cosup/core";
import { systemClock } from "../../packages/core/src/runtime.ts";
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

/** A client of the emulator's run `run`, over real sockets, with parts of kilobytes, for stalls and their deadlines. */
export function hurriedClient(url: string, run: string, watch: Watch, options: CosOptions = {}): CosClient {
  return clientOf(url, run, watch, options, HURRIED);
}

/** The same with the deadlines of life, which no busy machine misses, and without pauses between attempts. */
export function patientClient(url: string, run: string, watch: Watch, options: CosOptions = {}): CosClient {
  return clientOf(url, run, watch, options, { ...systemClock, random: () => 0 });
}

const HURRIED: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  timer: (delayMs, fire) => {
    const timer = setTimeout(fire, hurried(delayMs));
    return () => clearTimeout(timer);
  },
};

function clientOf(url: string, run: string, watch: Watch, options: CosOptions, clock: Clock): CosClient {
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
    clock,
  );
}

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
