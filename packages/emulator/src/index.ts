import { networkInterfaces } from "node:os";
import { type Listening, listen } from "./connection/node-server.ts";
import { consoleUrl } from "./console/console-url.ts";
import { type PreparedEmulator, prepareEmulator } from "./emulator.ts";
import type { EmulatorState } from "./emulator-state.ts";
import type { FaultTools } from "./fault-tools.ts";
import { loadFaults } from "./faults/load.ts";
import { loadSoon } from "./libraries.ts";
import { DEFAULT_BUCKET, DEFAULT_KEYS, DEFAULT_REGION } from "./options.ts";
import { createServerCertificate } from "./tls/certificate.ts";
import type { EmulatorOptions, TlsFiles } from "./types.ts";

export type { ConditionValue, Policy, PolicyStatement } from "./auth/policy/policy.ts";
export { createEmulator, type Emulator } from "./emulator.ts";
export type { EmulatorState } from "./emulator-state.ts";
export type { FaultTools, PlaybackOptions } from "./fault-tools.ts";
export { expectAllFired } from "./faults/expect-all-fired.ts";
export type { FaultControl } from "./faults/fault-runs.ts";
export type { Fault, FaultKind, Instruction, Match, StatusFault, When } from "./faults/instruction.ts";
export { loadFaults } from "./faults/load.ts";
export type { Hit, InstructionReceipt, Receipt } from "./faults/run.ts";
export { FaultScriptError } from "./faults/validate.ts";
export type { LinkOptions } from "./link/link-options.ts";
export { OptionRangeError, OptionTypeError } from "./options/option-errors.ts";
export type { Playback, PlaybackReport } from "./recording/playback.ts";
export type {
  Exchange,
  RecordedBody,
  RecordedFault,
  RecordedResponse,
  Recording,
} from "./recording/recording.ts";
export type { RunningRecording } from "./recording/recordings.ts";
export { findFailure, type Replayable, type SearchOptions, type SeedFailure } from "./replay/find-failure.ts";
export { describeReplay, type Replay } from "./replay/replay.ts";
export type { FaultRates, ReplayOptions } from "./replay/replay-options.ts";
export type { FiredFault, ReplayReport } from "./replay/replay-run.ts";
export { HangUp } from "./request/middleware.ts";
export type { OperationName } from "./request/operation.ts";
export type { RequestMatch, WaitOptions } from "./requests/history.ts";
export type { RequestEntry } from "./requests/request-entry.ts";
export type { Seeded, SeedOptions } from "./seed.ts";
export { DataDamagedError, DataForeignError } from "./store/data-errors.ts";
export { DataInUseError } from "./store/directory-lock.ts";
export type { Snapshot } from "./store/snapshot.ts";
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
  TlsFiles,
} from "./types.ts";

/** A running emulator. */
export interface RunningEmulator extends EmulatorState, FaultTools {
  /** `http://{host}:{port}`, or `https:` with `tls`; an IPv6 address is in brackets. */
  readonly url: string;
  readonly port: number;
  /** The endpoint for cosup's clients: `{url}/{Bucket}`. */
  readonly endpoint: string;
  /** What `createCos()` needs to reach it, with its first key pair: `createCos(emulator.clientOptions)`. */
  readonly clientOptions: ClientOptions;
  /** The names of all buckets at the start, also of those from earlier runs. */
  readonly buckets: readonly string[];
  /** With `tls: true`: the certificate that clients must trust, as PEM. It is another one at each start. */
  readonly ca: string | undefined;
  /** What requests to the control API carry in `x-cosup-token`: the option `controlToken`, or a random text. */
  readonly controlToken: string;
  /**
   * The address of the console, a web page that shows this emulator. It has the control token, so it belongs in no log. From
   * this machine only; undefined if `host` is an address of another kind.
   */
  readonly consoleUrl: string | undefined;
  /** Closes all connections. Resolves when the data directory is released and nothing writes to it any more. */
  close(): Promise<void>;
}

/** Options of a cosup client. */
export interface ClientOptions {
  readonly Endpoint: string;
  readonly Region: string;
  readonly SecretId: string;
  readonly SecretKey: string;
  readonly Token?: string;
}

/** The options of `createEmulator`; a fault script may also be the path of a JSON file. */
export interface StartOptions extends Omit<EmulatorOptions, "faults"> {
  readonly faults?: EmulatorOptions["faults"] | string;
}

/**
 * Starts a local COS that listens on a TCP port. Without options it is in memory, with one bucket and one key pair.
 *
 * @throws {OptionTypeError} if an option is missing, unknown or of another type; the message says what is accepted
 * @throws {OptionRangeError} if the value of an option is not accepted
 * @throws {FaultScriptError} if `faults` is not a valid script
 * @throws {DataInUseError} if another emulator uses the data directory
 * @throws {DataForeignError} if other files are where the emulator would keep its own
 * @throws {DataDamagedError} if a file of the data directory cannot be read
 * @example
 * const emulator = await startEmulator(); // in memory, with the bucket demo-1250000000
 * const cos = createCos(emulator.clientOptions);
 * await cos.putObject({ Bucket: "demo-1250000000", Key: "a.txt", Body: "hello" });
 * await emulator.close();
 */
export async function startEmulator(options: StartOptions = {}): Promise<RunningEmulator> {
  const emulator = prepareEmulator(await withScript(options));
  const host = options.host ?? "127.0.0.1";
  const tls = tlsFor(host, options);
  const { port, close } = await listenAndOpen(emulator, options.port ?? 0, host, tls);
  const cancelLoading = loadSoon();
  const url = `${tls === undefined ? "http" : "https"}://${host.includes(":") ? `[${host}]` : host}:${port}`;
  const endpoint = `${url}/{Bucket}`;
  const { reset, seed, snapshot, restore, requests, waitFor, faults, replay, record, playBack } = emulator;
  return {
    ...{ reset, seed, snapshot, restore, requests, waitFor, faults, replay, record, playBack },
    url,
    port,
    endpoint,
    clientOptions: clientOptions(endpoint, options),
    buckets: await emulator.buckets(),
    get link() {
      return emulator.link;
    },
    set link(link) {
      emulator.link = link;
    },
    ca: tls?.ca,
    controlToken: emulator.controlToken,
    consoleUrl: consoleUrl(host, url, emulator.controlToken),
    async close() {
      cancelLoading();
      await close();
      await emulator.close();
    },
  };
}

/** For the host, this machine, and the hosts of COS, which the official SDKs name. */
function tlsFor(
  host: string,
  { tls, region = DEFAULT_REGION, buckets = [DEFAULT_BUCKET] }: StartOptions,
): (TlsFiles & { readonly ca?: string }) | undefined {
  if (tls !== true) return tls || undefined;
  const names = ["localhost", ...buckets.map((bucket) => `${bucket}.localhost`)];
  const cos = [`*.cos.${region}.myqcloud.com`, "*.cos.accelerate.myqcloud.com"];
  const all = host === "0.0.0.0" || host === "::" ? Object.values(networkInterfaces()) : [];
  const own = all.flatMap((addresses) => (addresses ?? []).map(({ address }) => address));
  const hosts = new Set([host, ...own, ...names, "127.0.0.1", "::1", ...cos]);
  return createServerCertificate([...hosts], Date.now());
}

function clientOptions(
  Endpoint: string,
  { region = DEFAULT_REGION, credentials: [pair] = [DEFAULT_KEYS] }: StartOptions,
): ClientOptions {
  const { secretId: SecretId = "", secretKey: SecretKey = "", token: Token } = pair ?? {};
  return { Endpoint, Region: region, SecretId, SecretKey, ...(Token === undefined ? {} : { Token }) };
}

async function withScript(options: StartOptions): Promise<EmulatorOptions> {
  if (typeof options?.faults !== "string") return options as EmulatorOptions;
  return { ...options, faults: await loadFaults(options.faults) };
}

/** Listens first: if the port is in use, the data directory stays as it is. Early requests wait until it is open. */
async function listenAndOpen(
  emulator: PreparedEmulator,
  port: number,
  host: string,
  tls: TlsFiles | undefined,
): Promise<Listening> {
  const { slowLink } = emulator;
  const listening = await listen(emulator, port, host, tls, { link: slowLink }).catch(
    (error: NodeJS.ErrnoException) => {
      throw error.code === "EADDRINUSE" ? portInUse(port, host, error) : error;
    },
  );
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
