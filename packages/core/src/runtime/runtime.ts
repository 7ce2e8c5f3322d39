import type { TransportFailure } from "../errors.ts";
import type { ByteSource, PartsInThreads } from "./byte-source.ts";
import type { CheckpointStore } from "./checkpoint-store.ts";
import type { Diagnostics } from "./diagnostics.ts";
import type { PermanentFailure } from "./permanent-failure.ts";
import type { ReadAhead } from "./read-ahead.ts";
import type { Sha1 } from "./sha1.ts";
import type { WireRequest, WireResponse } from "./wire.ts";

/** An upload as its caller requests it. A field that the caller did not set is undefined. */
export interface RequestedUpload {
  /** Bytes of a part. */
  readonly partSize: number | undefined;
  /** Parts under way at once. */
  readonly concurrency: number | undefined;
  /** Sources of up to this many bytes are uploaded by one request. */
  readonly threshold: number;
  /** Whether a later call can resume this upload. */
  readonly resumable: boolean;
}

/** An upload as the runtime can execute it. */
export interface UploadPlan {
  /** The source to read: the one that was passed, or a wrapper around it. */
  readonly source: ByteSource;
  /** Bytes of a part when the length of a stream is unknown. */
  readonly partSize: number;
  /** Parts under way at once. */
  readonly concurrency: number;
}

/** A warning about the connections of a client, which an upload passes on. */
export interface ConnectionWarning {
  /** What happened, for programs. */
  readonly code: "http2-connection";
  /** What happened, for people. */
  readonly message: string;
}

/** A `WebAssembly.Module`. Not by that name: Node's types have none, and programs need not have those of a browser. */
export type WasmModule = object;

/** A request that a server signs for this client: what `cos.sign()` takes. */
export interface RequestToSign {
  /** The HTTP method. */
  readonly Method: "GET" | "PUT" | "POST" | "HEAD" | "DELETE" | "OPTIONS";
  /** The bucket, as BucketName-APPID. */
  readonly Bucket: string;
  /** The object's key; undefined: the request is for the bucket. */
  readonly Key: string | undefined;
  /** The query parameters, decoded. */
  readonly Query: Readonly<Record<string, string>>;
  /** The headers that a signature covers, with names in lower case; without Host. */
  readonly Headers: Readonly<Record<string, string>>;
}

/** Everything that core needs of the runtime it runs in. An adapter implements it; core calls it. */
export interface Runtime {
  /** The runtime's name and version, for the User-Agent header. Core never branches on it. */
  readonly name: string;
  /** The compiled digest core. The adapter compiles it, because some runtimes forbid compiling at run time. */
  readonly wasm: WasmModule | Promise<WasmModule>;
  /**
   * True when `send` and the sources of the runtime take views of resizable buffers, also while these grow. Where the memory
   * of WASM can be one, part buffers are then taken from the machine as they are needed. Otherwise all of the budget is taken
   * with the first of them.
   */
  readonly takesResizable?: boolean;
  /** Values for options that a call does not set. */
  readonly defaults: {
    /** Bytes of a part when the length of a stream is unknown. */
    readonly partSize: number;
    /** Parts under way at once. */
    readonly concurrency: number;
    /** Bytes of part buffers, shared by all uploads of a client. */
    readonly memoryBudget: number;
    /** Bytes that one "MB" of PartSize and of the one-PUT limit stands for; only a simulation makes it smaller. */
    readonly partUnit?: number;
  };
  /** Synchronous SHA-1, used to sign every request. Without it, core uses WebCrypto's. */
  readonly sha1?: Sha1;
  /**
   * Signs a request with a key that this client does not have, on a server. Core calls it for each attempt, in place of its
   * own signing, and sends the headers that it returns: `authorization`, and `x-cos-security-token` of temporary keys. What
   * it rejects with is the reason of the call.
   */
  signRequest?(request: RequestToSign): Promise<Readonly<Record<string, string>>>;
  /**
   * Sends one request; core calls it once per attempt. It resolves with any HTTP response, also a 4xx or 5xx, and rejects
   * only when there is no response. It must not follow redirects, retry, or set a timeout: core does.
   */
  send(request: WireRequest): Promise<WireResponse>;
  /**
   * True when `send` writes bodies in blocks of {@link WireRequest.paceBlock} and calls `pace` before each. Otherwise a body
   * with a limited rate is held back as a whole before `send` is called.
   */
  readonly pacesBodies?: boolean;
  /** True when `send` can write a body that is read meanwhile: see {@link WireRequest.blocks}. */
  readonly sendsBlocks?: boolean;
  /**
   * Lets threads of the runtime read, digest and send the parts of a source, by HTTP too. Undefined: this source's parts are
   * sent from here.
   */
  partsInThreads?(source: ByteSource): PartsInThreads | undefined;
  /**
   * Opens an input of the runtime's own kinds: a path, a file handle, an object of a store. Core calls it once per upload,
   * for every input that is not a stream or a message, before it tries bytes, text and Blobs. Resolves to undefined for
   * an input of any other kind.
   * @throws {SourceError} the input is of such a kind and cannot be read
   */
  open(input: unknown): Promise<ByteSource | undefined>;
  /**
   * Opens a Node stream, and holds it from then on: `holdNodeStream` of this module, where programs may have such streams. Without
   * it, core reads them as the async iterables that they also are.
   * @returns undefined: it is none
   */
  holdNodeStream?(stream: object, parameter: string, readAhead: ReadAhead): ByteSource | undefined;
  /**
   * Opens a web stream in a faster way than a default reader. The stream that core passes is not locked and nothing was
   * read from it; when the method returns a source, it must have locked the stream. Core reads the stream itself if the
   * method returns undefined or is not implemented.
   * @param size bytes of the stream, when its Response or Request has a Content-Length
   */
  openStream?(stream: ReadableStream, size: number | undefined): ByteSource | undefined;
  /**
   * Adapts an upload to limits that only the runtime knows, such as requests per invocation. Core calls it once per
   * upload, after the source is open and before anything is sent; it closes the source if the method throws.
   * @throws {RangeError} no part size and concurrency keep within the limits
   */
  adaptUpload?(source: ByteSource, requested: RequestedUpload): UploadPlan;
  /**
   * Returns a digest core whose part-buffer arena has `bytes` bytes. The runtime may reuse a core that an earlier client
   * released; otherwise it calls `create`. Implement this only where WASM memory is not garbage-collected soon enough
   * (Workers); by default every client creates its own core.
   */
  acquireDigestCore?<Core>(bytes: number, create: () => Promise<Core>): Promise<Core>;
  /**
   * Called when a call of the client begins, for what belongs to calls under way, such as a digest core that the next client
   * uses after them.
   * @returns is called when the call has settled
   */
  beginCall?(): () => void;
  /**
   * Returns the usual Content-Type of a file extension, which core passes in lower case and without its dot. Core calls it
   * when the caller gives no Content-Type and the input has none of its own. `@cosup/core/content-types` has a table.
   */
  contentTypeOf?(extension: string): string | undefined;
  /**
   * Returns where checkpoints are kept, for `checkpoints: true` and `checkpoints: "./directory"`. Without it, core accepts
   * only a CheckpointStore. It should do nothing that fails: a store that cannot be used rejects later, and the upload then
   * goes on without a checkpoint.
   * @param directory undefined: where the runtime keeps them by default
   * @throws {TypeError} the runtime has no such place
   */
  checkpointStore?(directory: string | URL | undefined): CheckpointStore;
  /**
   * Classifies a rejection of {@link Runtime.send}. `"connect"` must mean that nothing was sent: core then retries any
   * request. When that is not certain, return another kind.
   */
  transportError(cause: unknown): TransportFailure;
  /**
   * Says whether every further attempt would meet a rejection of {@link Runtime.send} again, such as a certificate that is
   * not trusted. Nothing was sent then. Where a runtime hides such reasons, it leaves this out.
   */
  permanentFailure?(cause: unknown): PermanentFailure | undefined;
  /**
   * Passes on what callers should know about the connections of {@link Runtime.send}, each warning once. Core calls it at the
   * end of an upload.
   * @param onWarning the callback of the upload's caller, if there is one
   */
  warnOfConnection?(onWarning: ((warning: ConnectionWarning) => void) | undefined): void;
  /**
   * Added to the warning `unverified`: why this runtime may not have seen the checksum of an object.
   */
  readonly unverifiedHint?: string;
  /**
   * Channels of `node:diagnostics_channel`, where the runtime has it: `diagnosticsOf(channel)`. Core publishes to them only
   * what somebody has subscribed to.
   */
  readonly diagnostics?: Diagnostics | undefined;
  /** Closes what `send` keeps open, such as pooled connections. `client.close()` calls it, after it aborted all calls. */
  close?(): Promise<void>;
}
