import type { Policy } from "./auth/policy/policy.ts";
import type { Instruction } from "./faults/instruction.ts";
import type { LinkOptions } from "./link/link-options.ts";
import type { Address } from "./request/address.ts";
import type { OperationName } from "./request/operation.ts";
import type { Query } from "./request/query.ts";
import type { RequestEntry } from "./requests/request-entry.ts";
import type { Dialect } from "./s3/dialect.ts";
import type { BucketStore } from "./store/bucket-store.ts";
import type { Store } from "./store/store.ts";

/** One key pair that may sign requests. */
export interface EmulatorCredentials {
  readonly secretId: string;
  readonly secretKey: string;
  /** The session token that must accompany a temporary key as `x-cos-security-token`. */
  readonly token?: string;
  /** From when on requests with this key get `ExpiredToken`: a Date, or milliseconds since the epoch. */
  readonly expiresAt?: number | Date;
  /** What the key may do, in the form of an STS policy. Default: everything. */
  readonly policy?: Policy;
}

/** A key and its certificate, as PEM. */
export interface TlsFiles {
  readonly key: string;
  readonly cert: string;
}

/** What `createEmulator` and `startEmulator` accept. */
export interface EmulatorOptions {
  /** Directory that holds every bucket; created if missing. Default: everything is in memory, and gone with `close()`. */
  readonly data?: string;
  /**
   * Buckets in `name-appid` form, created if missing. If there is exactly one, `host:port/{key}` addresses it too. Default
   * `demo-1250000000`.
   */
  readonly buckets?: readonly string[];
  /**
   * Default: one pair that everybody knows, `AKIDcosupemulator` and `cosup-emulator-secret-key`. Where others can reach the
   * emulator, with a `host` that is not loopback, there is no default.
   */
  readonly credentials?: readonly EmulatorCredentials[];
  /** TCP port; 0, the default, takes any free port. */
  readonly port?: number;
  /** Address to listen on. Default `127.0.0.1`: the emulator is for tests and development. */
  readonly host?: string;
  /**
   * `true` serves HTTPS with a certificate made at this start; clients trust `emulator.ca`. Or a key and a certificate, as PEM.
   * Default false: HTTP.
   */
  readonly tls?: boolean | TlsFiles;
  /** Region named in `Location` when the request's host names none. Default `ap-guangzhou`. */
  readonly region?: string;
  /** Smallest size in bytes of a part that is not the last, checked by Complete. Default 1 MiB, as on the service. */
  readonly minPartSize?: number;
  /** Accepts UploadPart without a Content-Length. Default false: such a request gets 411, as on the service. */
  readonly allowChunkedParts?: boolean;
  /** Accepts requests without a signature. Default false. Never set it on an address that others can reach. */
  readonly anonymous?: boolean;
  /**
   * Allows every web page to send every request and to read the whole response, for buckets without a cross-origin
   * configuration of their own. Default false. Requests still need a signature.
   */
  readonly cors?: boolean;
  /** Flushes data to the device before the response. Default false: a SIGKILL loses nothing, a power cut may. */
  readonly fsync?: boolean;
  /** Current time in milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
  /** Receives one line per request, without signatures or tokens. Default: no log. */
  readonly log?: (line: string) => void;
  /** Receives what is known of each request when its response is ready, or when it has none. Default: nobody does. */
  readonly onRequest?: (entry: RequestEntry) => void;
  /** Stages around the operation, outermost first. Default none. */
  readonly middleware?: readonly Middleware[];
  /**
   * `true` lets fault scripts be installed, with `emulator.faults` or, from this machine, with
   * `PUT /_cosup/faults/{run}`. A script here applies to every request that names no run. Default false.
   */
  readonly faults?: boolean | readonly Instruction[];
  /**
   * A slow line to all clients: rate, latency, jitter. `emulator.link` and `PUT /_cosup/link` change it later. Default: as
   * fast as the machine.
   */
  readonly link?: LinkOptions;
  /** What requests to the control API carry in `x-cosup-token`. Default: random, new at each start. */
  readonly controlToken?: string;
  /** Host names, besides those of this machine, with which the control API may be addressed. Default none. */
  readonly controlHosts?: readonly string[];
  /** Waits for the delays of fault scripts and of a slow link; resolves early when `gone` aborts. Default: a timer. */
  readonly sleep?: (ms: number, gone: AbortSignal | undefined) => Promise<void>;
}

/** The options with every default filled in. */
export type Settings = Required<Omit<EmulatorOptions, "data" | "link">> & {
  /** Undefined: in memory. */
  readonly data: string | undefined;
  /** Undefined: none. */
  readonly link: LinkOptions | undefined;
};

/** The connection that brought a request. A caller without sockets has none. */
export interface Connection {
  /** Aborts when the connection is closed. */
  readonly gone: AbortSignal;
  readonly remoteAddress: string | undefined;
  /** The version of TLS, as `1.3`; undefined without TLS. */
  readonly tlsVersion: string | undefined;
  /** Number of requests that this connection carried before. */
  readonly earlierRequests: number;
  /** Whether the client waits for `100 Continue` before it sends its body. */
  readonly awaitsContinue: boolean;
  /** Suppresses `100 Continue`. The body is read if the client sends it nevertheless. */
  withholdContinue(): void;
}

/** An HTTP request as the emulator sees it, with or without a socket. */
export interface EmulatorRequest {
  readonly method: string;
  /** The request target exactly as on the request line: origin form or absolute form, not decoded. */
  readonly target: string;
  /** Header values by name; names in any case, values with one character per byte (latin-1), as node:http gives them. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Chunks must not change after the iterator has moved on: they may still be on their way to the disk. */
  readonly body?: AsyncIterable<Uint8Array>;
  readonly connection?: Connection;
}

/** An HTTP response ready to be written. */
export interface EmulatorResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | AsyncIterable<Uint8Array>;
  /** Leaves out the headers that COS adds to every response: this one simulates another sender. */
  readonly bare?: boolean;
  /** Set by faults: how the bytes are written. The connection is closed after the response. */
  readonly wire?: Wire;
}

/** How a response is written that must break the rules of HTTP. */
export interface Wire {
  /** Writes frames of one to seven bytes. */
  readonly sliced?: boolean;
  /** What happens after this many bytes, head included. */
  readonly stop?: Stop;
}

export interface Stop {
  readonly bytes: number;
  readonly manner: HangUpManner | { readonly delay: () => Promise<void> };
}

/**
 * How the emulator leaves a connection without a response: `close` destroys it, `reset` sends RST, `fin` ends the
 * emulator's direction, `silence` reads on and never responds, `stop-reading` does not even read.
 */
export type HangUpManner = "close" | "reset" | "fin" | "silence" | "stop-reading";

/** Who sent a request. */
export type Caller =
  | { readonly kind: "signed"; readonly secretId: string; readonly policy?: Policy | undefined }
  | { readonly kind: "anonymous" };

/** The data of a recognised, authenticated request. */
export interface CallParts {
  readonly operation: OperationName;
  readonly method: string;
  readonly address: Address;
  readonly query: Query;
  /** Values by lower-case name; empty values are left out. */
  readonly headers: ReadonlyMap<string, string>;
  /** The content, without the framing that an S3 client may have added. */
  readonly body: AsyncIterable<Uint8Array> | undefined;
  /** Removes the framing of this request from a body. */
  readonly openBody: (sent: AsyncIterable<Uint8Array> | undefined) => CallParts["body"];
  readonly caller: Caller;
  readonly connection: Connection | undefined;
  /** The names that the request uses. Headers of S3 are already translated. */
  readonly dialect: Dialect;
  readonly requestId: string;
  readonly settings: Settings;
  readonly store: Store;
}

/** One recognised, authenticated request: everything that an operation or a middleware needs. */
export interface Call extends CallParts {
  /** The object key; empty if the request addresses a bucket or the service. */
  readonly key: string;
  /** Current time in milliseconds since the epoch. */
  readonly now: number;
  /** The addressed bucket. Throws NoSuchBucket if it does not exist. */
  readonly bucket: BucketStore;
  /** The account that owns everything here: the number in the bucket's name. */
  readonly owner: string;
  /** A header's value; an absent header and an empty one are the same. */
  header(name: string): string | undefined;
  /** A copy of this request with another body, as it was sent. */
  withBody(body: CallParts["body"]): Call;
}

/** Runs the next stage. A middleware may call it once or not at all, and may change the response. */
export type Next = () => Promise<EmulatorResponse>;

/** A stage around an operation. */
export type Middleware = (call: Call, next: Next) => Promise<EmulatorResponse>;
