import { type Listening, listen } from "./connection/node-server.ts";
import { type Emulator, prepareEmulator } from "./emulator.ts";
import type { FaultControl } from "./faults/fault-runs.ts";
import { loadFaults } from "./faults/load.ts";
import type { EmulatorOptions } from "./types.ts";

export type { ConditionValue, Policy, PolicyStatement } from "./auth/policy/policy.ts";
export { createEmulator, type Emulator } from "./emulator.ts";
export { expectAllFired } from "./faults/expect-all-fired.ts";
export type { FaultControl } from "./faults/fault-runs.ts";
export type { Fault, FaultKind, Instruction, Match, StatusFault, When } from "./faults/instruction.ts";
export { loadFaults } from "./faults/load.ts";
export type { Hit, InstructionReceipt, Receipt } from "./faults/run.ts";
export { FaultScriptError } from "./faults/validate.ts";
export { OptionRangeError, OptionTypeError } from "./options/option-errors.ts";
export { HangUp } from "./request/middleware.ts";
export type { OperationName } from "./request/operation.ts";
export { DataDamagedError, DataForeignError } from "./store/data-errors.ts";
export { DataInUseError } from "./store/directory-lock.ts";
export type {
  Call,
  Connection,
  EmulatorCredentials,
  EmulatorOptions,
  EmulatorRequest,
  EmulatorResponse,
  HangUpManner,
  Middleware,
  Next,
} from "./types.ts";

/** A running emulator. */
export interface RunningEmulator {
  /** `http://{host}:{port}`; an IPv6 address is in brackets. */
  readonly url: string;
  readonly port: number;
  /** The names of all buckets at the start, also of those from earlier runs. */
  readonly buckets: readonly string[];
  /** Fault scripts and their receipts; needs the option `faults`. */
  readonly faults: FaultControl;
  /** What requests to the control API carry in `x-cosup-token`: the option `controlToken`, or a random text. */
  readonly controlToken: string;
  /** Closes all connections. Resolves when the data directory is released and nothing writes to it any more. */
  close(): Promise<void>;
}

/** The options of `createEmulator`; a fault script may also be the path of a JSON file. */
export interface StartOptions extends Omit<EmulatorOptions, "faults"> {
  readonly faults?: EmulatorOptions["faults"] | string;
}

/**
 * Starts a local COS that listens on a TCP port.
 *
 * @throws {OptionTypeError} if an option is missing, unknown or of another type; the message says what is accepted
 * @throws {OptionRangeError} if the value of an option is not accepted
 * @throws {FaultScriptError} if `faults` is not a valid script
 * @throws {DataInUseError} if another emulator uses the data directory
 * @throws {DataForeignError} if other files are where the emulator would keep its own
 * @throws {DataDamagedError} if a file of the data directory cannot be read
 * @example
 * const cos = await startEmulator({
 *   data: "./cos-data",
 *   buckets: ["test-1250000000"],
 *   credentials: [{ secretId: "id", secretKey: "key" }],
 * });
 * // an official client: new COS({ SecretId: "id", SecretKey: "key", Protocol: "http:", Ip: `127.0.0.1:${cos.port}` })
 * await cos.close();
 */
export async function startEmulator(options: StartOptions): Promise<RunningEmulator> {
  const emulator = prepareEmulator(await withScript(options));
  const host = options.host ?? "127.0.0.1";
  const { port, close } = await listenAndOpen(emulator, options.port ?? 0, host);
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    port,
    buckets: await emulator.buckets(),
    faults: emulator.faults,
    controlToken: emulator.controlToken,
    async close() {
      await close();
      await emulator.close();
    },
  };
}

async function withScript(options: StartOptions): Promise<EmulatorOptions> {
  if (typeof options?.faults !== "string") return options as EmulatorOptions;
  return { ...options, faults: await loadFaults(options.faults) };
}

/** Listens first: if the port is in use, the data directory stays as it is. Early requests wait until it is open. */
async function listenAndOpen(emulator: Emulator, port: number, host: string): Promise<Listening> {
  const listening = await listen(emulator, port, host).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "EADDRINUSE" ? portInUse(port, host, error) : error;
  });
  try {
    await emulator.ready();
    return listening;
  } catch (error) {
    await listening.close();
    throw error;
  }
}

function portInUse(port: number, host: string, cause: NodeJS.ErrnoException): Error {
  const message = `port ${port} of ${host} is in use (EADDRINUSE): choose another port, or 0 for any free port`;
  return Object.assign(new Error(message, { cause }), { code: "EADDRINUSE" });
}
