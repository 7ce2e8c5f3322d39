import { CosClient, type CosOptions, TransportError } from "@cosup/core";
import type { Clock, Runtime, WireRequest } from "@cosup/core/runtime";
import { systemClock } from "../../packages/core/src/runtime/clock.ts";
import { createNodeRuntime } from "../../packages/node/src/runtime.ts";
import { isDeadline } from "./deadlines.ts";
import { PART_UNIT } from "./flows.ts";
import type { VirtualTime } from "./virtual-time.ts";

export const KEYS = { secretId: "AKIDfaults", secretKey: "secret-of-faults" };

/** Pauses between attempts are divided by this. */
const HURRY = 50;

/** Observers of a client's requests. */
export interface Watch {
  /** Receives the error of every deadline that ended a request. */
  readonly deadlines?: Set<unknown>;
  /** Called before a request is sent; the request waits for what it returns. */
  readonly onSend?: (request: WireRequest) => Promise<void> | void;
}

/**
 * A client of the emulator's run `run`, over real sockets, with parts of kilobytes and short pauses between attempts.
 * Its deadlines are real, and long enough for a busy machine. Use it for faults that do not stall.
 */
export function patientClient(url: string, run: string, watch: Watch, options: CosOptions = {}): CosClient {
  const clock: Clock = {
    ...systemClock,
    timer: (delayMs, fire) => systemClock.timer(isDeadline(delayMs) ? delayMs : delayMs / HURRY, fire),
  };
  return newClient(url, run, watched(watch), options, clock);
}

/** The same on virtual time, for stalls and their deadlines. */
export function virtualClient(
  url: string,
  run: string,
  watch: Watch,
  time: VirtualTime,
  options: CosOptions = {},
): CosClient {
  const runtime = watched(watch);
  const timed = { ...runtime, send: (request: WireRequest) => time.send(request, runtime.send) };
  return newClient(url, run, timed, options, time);
}

function newClient(url: string, run: string, runtime: Runtime, options: CosOptions, clock: Clock): CosClient {
  return new CosClient(
    runtime,
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
    send: async (request) => {
      await onSend?.(request);
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
