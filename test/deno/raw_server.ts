const HEAD_END = "\r\n\r\n";

/** A connection to a {@link rawServer}, read by the request. */
export interface RawConnection {
  readonly conn: Deno.Conn;
  /** The head of the next request, or undefined when the other side has closed. */
  head(): Promise<string | undefined>;
  /** The bytes after it. */
  bytes(length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Everything until the other side closes or breaks off. */
  rest(): Promise<Uint8Array<ArrayBuffer>>;
  /** Writes text. */
  say(text: string): Promise<void>;
}

/** A server whose connections a test handles byte by byte. */
export interface RawServer extends Disposable {
  readonly url: string;
  /** Connections taken so far. */
  readonly taken: number;
  /** Resolves with what the handler of the first connection returned. */
  readonly first: Promise<unknown>;
}

export function rawServer(handle: (connection: RawConnection) => Promise<unknown>): RawServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  const first = Promise.withResolvers<unknown>();
  first.promise.catch(() => {});
  let taken = 0;
  const accepting = (async () => {
    for await (const conn of listener) {
      open.add(conn);
      taken += 1;
      handle(rawConnection(conn)).then(first.resolve, first.reject);
    }
  })();
  accepting.catch(() => {});
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    first: first.promise,
    get taken() {
      return taken;
    },
    [Symbol.dispose]: () => {
      listener.close();
      for (const conn of open) {
        try {
          conn.close();
        } catch {
          // The test has closed it.
        }
      }
    },
  };
}

function rawConnection(conn: Deno.Conn): RawConnection {
  const chunk = new Uint8Array(256 * 1024);
  let waiting = new Uint8Array(0);
  const more = async (): Promise<boolean> => {
    const length = await conn.read(chunk).catch(() => null);
    if (length === null) return false;
    waiting = concat(waiting, chunk.subarray(0, length));
    return true;
  };
  const take = (length: number): Uint8Array<ArrayBuffer> => {
    const taken = waiting.slice(0, length);
    waiting = waiting.slice(length);
    return taken;
  };
  return {
    conn,
    head: async () => {
      for (;;) {
        const end = new TextDecoder("latin1").decode(waiting).indexOf(HEAD_END);
        if (end >= 0) return new TextDecoder("latin1").decode(take(end + HEAD_END.length));
        if (!(await more())) return undefined;
      }
    },
    bytes: async (length) => {
      const all = new Uint8Array(length);
      let filled = 0;
      while (filled < length) {
        const got = take(length - filled);
        all.set(got, filled);
        filled += got.byteLength;
        if (filled < length && !(await more())) break;
      }
      return all.subarray(0, filled);
    },
    rest: async () => {
      const parts = [take(waiting.byteLength)];
      while (await more()) parts.push(take(waiting.byteLength));
      return new Uint8Array(await new Blob(parts).arrayBuffer());
    },
    say: async (text) => {
      const bytes = new TextEncoder().encode(text);
      for (let sent = 0; sent < bytes.byteLength; ) sent += await conn.write(bytes.subarray(sent));
    },
  };
}

function concat(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.byteLength + other.byteLength);
  both.set(one);
  both.set(other, one.byteLength);
  return both;
}

/** The number in a head's Content-Length. */
export function lengthIn(head: string): number {
  return Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
}
