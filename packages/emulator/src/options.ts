import type { Instruction } from "./faults/instruction.ts";
import { BUCKET_NAME } from "./request/address.ts";
import type { Middleware } from "./request/middleware.ts";

/** One key pair that may sign requests. */
export interface EmulatorCredentials {
  readonly secretId: string;
  readonly secretKey: string;
  /** The session token that must accompany a temporary key as `x-cos-security-token`. */
  readonly token?: string;
  /** Milliseconds since the epoch after which the key answers `ExpiredToken`. */
  readonly expiresAt?: number;
}

/** What `createEmulator` and `startEmulator` accept. */
export interface EmulatorOptions {
  /** Directory that holds every bucket; created if missing. */
  readonly data: string;
  /** Buckets in `name-appid` form, created if missing. Exactly one: a bare `host:port` addresses it. */
  readonly buckets: readonly string[];
  readonly credentials: readonly EmulatorCredentials[];
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** Loopback by default: the emulator is for tests and development. */
  readonly host?: string;
  /** Region named in `Location` when the request's host does not name one. */
  readonly region?: string;
  /** Smallest part, except the last, that Complete accepts. 1 MiB on the service. */
  readonly minPartSize?: number;
  /** UploadPart with an unknown length answers 411 unless this is true. */
  readonly allowChunkedParts?: boolean;
  /** Lets requests without a signature through. Never on a reachable address. */
  readonly anonymous?: boolean;
  /** Flush data to the device before answering. Off: a SIGKILL loses nothing, a power cut may. */
  readonly fsync?: boolean;
  readonly now?: () => number;
  /** Receives one line per answered request, without signatures or tokens. */
  readonly log?: (line: string) => void;
  /** Stages around the operation, outermost first. */
  readonly middleware?: readonly Middleware[];
  /**
   * `true` lets fault scripts be installed, by `emulator.faults` or, from this machine, by
   * `PUT /_cosup/faults/{run}`. A script here strikes every request that names no run of its own.
   */
  readonly faults?: boolean | readonly Instruction[];
  /** How delays of fault scripts pass; resolves early when the connection is gone. */
  readonly sleep?: (ms: number, gone: AbortSignal | undefined) => Promise<void>;
}

/** The options with every default filled in. */
export type Settings = Required<EmulatorOptions>;

export function withDefaults(options: EmulatorOptions): Settings {
  const wrong = options.buckets.find((bucket) => !BUCKET_NAME.test(bucket));
  if (wrong !== undefined) throw new RangeError(`buckets: "${wrong}" does not have the form name-appid`);
  return {
    port: 0,
    host: "127.0.0.1",
    region: "ap-guangzhou",
    minPartSize: 1024 * 1024,
    allowChunkedParts: false,
    anonymous: false,
    fsync: false,
    now: Date.now,
    log: () => {},
    middleware: [],
    faults: false,
    sleep,
    ...options,
  };
}

function sleep(ms: number, gone: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      gone?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    gone?.addEventListener("abort", done);
    if (gone?.aborted) done();
  });
}
