// What can be uploaded, by its shape: classes of other realms, of npm packages and of runtimes have it as well, and no
// program needs the DOM's types for it.

/** One chunk of a stream. A string is its UTF-8. */
export type BodyChunk = string | ArrayBuffer | ArrayBufferView;

/** A web stream of any implementation. */
export interface WebStreamBody {
  /** Whether somebody else reads it: such a stream is refused. */
  readonly locked: boolean;
  /** Takes hold of the stream. */
  getReader(): unknown;
  /** Gives up the stream. */
  cancel(reason?: unknown): Promise<void>;
}

/** A readable stream of Node, of readable-stream or of streamx. */
export interface NodeStreamBody {
  /** Adds a listener. */
  on(...parameters: never): unknown;
  /** Removes a listener. */
  removeListener(...parameters: never): unknown;
  /** Takes the next bytes out of the buffer. */
  read(): unknown;
  /** Stops the events of `data`. */
  pause(): unknown;
  /** Lets the events of `data` flow. */
  resume(): unknown;
  /** Passes the stream on; never called. */
  pipe(...parameters: never): unknown;
}

/** A Blob or File. */
export interface BlobBody {
  /** Its bytes. */
  readonly size: number;
  /** Its media type; empty when unknown. */
  readonly type: string;
  /** Reads all bytes. */
  arrayBuffer(): Promise<ArrayBuffer>;
  /** A part of it, without reading it. */
  slice(start?: number, end?: number): unknown;
  /** Reads it as a stream. */
  stream(): unknown;
}

/** A Response or Request, whose body is uploaded. */
export interface MessageBody {
  /** The stream of its bytes; null: it has none. */
  readonly body: object | null;
  /** Whether somebody has read it: such a message is refused. */
  readonly bodyUsed: boolean;
  /** Its headers, for Content-Type and Content-Length. */
  readonly headers: { get(name: string): string | null };
}

/** A file by its path, or a `file:` URL (Node, Deno). */
export type PathBody = { readonly path: string | UrlBody } | UrlBody;

/** A URL object. */
export interface UrlBody {
  /** The whole URL. */
  readonly href: string;
  /** `file:` for a path. */
  readonly protocol: string;
  /** The path, percent-encoded. */
  readonly pathname: string;
  /** The parameters of the query. */
  readonly searchParams: object;
  /** The whole URL. */
  toJSON(): string;
}

/** An open file: a `FileHandle` of Node, a `Deno.FsFile`. */
export type OpenFileBody =
  | { readonly fd: number; createReadStream(): unknown; stat(): Promise<object> }
  | {
      readonly readable: WebStreamBody;
      seek(offset: number, from: never): Promise<number>;
      stat(): Promise<object>;
    };

/** An object of a store that the runtime has: on Workers an object that R2's `get` returned, or `{ r2, key }`. */
export type StoredBody =
  | { readonly httpEtag: string; readonly size: number; readonly body: WebStreamBody }
  | { readonly r2: { get(key: string, ...more: never[]): Promise<unknown> }; readonly key: string };

/**
 * What can be uploaded: bytes, text, a Blob or File, a stream (web streams; Node's, readable-stream's and streamx's), the
 * body of a Response or Request, an async iterable, or what the runtime adds (Node: `{ path }`, a `file:` URL, a
 * `FileHandle`). A string is content, never a path.
 *
 * The call holds a stream at once: no other consumer can take bytes from it unnoticed. A stream that was read from,
 * cancelled, locked or given to an upload before is refused, and so is an iterable that yields nothing, unless
 * `ContentLength` is 0. A Response or Request without a body (null) is an empty object.
 */
export type Body =
  | BodyChunk
  | BlobBody
  | WebStreamBody
  | NodeStreamBody
  | AsyncIterable<BodyChunk>
  | MessageBody
  | PathBody
  | OpenFileBody
  | StoredBody;
