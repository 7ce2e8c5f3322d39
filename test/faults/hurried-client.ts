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
import { ANSWER_MS } from "./deadlines.ts";
import { PART_UNIT } from "./flows.ts";

export const KEYS = { secretId: "AKIDfaults", secretKey: "secret-of-faults" };

/** Shorter than in life: by fifty, and the long deadlines of Complete and of copies by more. */
export function hurried(ms: number): number {
  return ms / (ms > 300_000 ? 500 : 50);
}

/** What an Abort may take in all. */
const DISCARD_MS = 10_000;
/** No pause that the client makes by itself is as long. */
const isDeadline = (ms: number): boolean => ms === DISCARD_MS || ms >= ANSWER_MS;

/** What is seen of a client's exchanges. */
export interface Watch {
  /** Gets the error of every deadline that has ended an exchange. */
  readonly deadlines?: Set<unknown>;
  readonly onSend?: (request: WireRequest) => void;
}

/** A client of the emulator's run `run`, over real sockets, with parts of kilobytes, for stalls and their deadlines. */
export function hurriedClient(url: string, run: string, watch: Watch, options: CosOptions = {}): CosClient {
  return clientOf(url, run, watch, options, hurried);
}

/** The same with the deadlines of life, which no busy machine misses; pauses between attempts are short. */
export function patientClient(url: string, run: string, watch: Watch, options: CosOptions = {}): CosClient {
  return clientOf(url, run, watch, options, (ms) => (isDeadline(ms) ? ms : hurried(ms)));
}

function clientOf(
  url: string,
  run: string,
  watch: Watch,
  options: CosOptions,
  lasting: (ms: number) => number,
): CosClient {
  const clock: Clock = {
    ...systemClock,
    timer: (delayMs, fire) => systemClock.timer(lasting(delayMs), fire),
  };
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
