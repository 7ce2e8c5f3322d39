import { recordHandshakes } from "../../fixtures/handshakes.mjs";
import { CLIENTS, type WireClient } from "./wire-clients.ts";
import { type Recorded, startRecorder } from "./wire-recorder.ts";

export interface WireCase {
  readonly what: string;
  /** What was read in the sources of these two. */
  readonly js: string;
  readonly go: string;
  readonly act: (client: WireClient, files: WireFiles) => Promise<unknown>;
  /** Undefined: what the client offers by ALPN is told. */
  readonly tell: ((requests: readonly Recorded[]) => string) | undefined;
  /** Whether Complete gets an empty 200. */
  readonly isEmptyComplete?: boolean;
}

/** A small and a large file whose names end in `.jpg`. */
export interface WireFiles {
  readonly small: string;
  readonly large: string;
}

const line = ([first]: readonly Recorded[]): string => `\`${first?.method} ${first?.url}\``;
const header =
  (name: string) =>
  (requests: readonly Recorded[]): string => {
    const value = requests.find(({ method }) => method !== "GET")?.headers[name];
    return value === undefined || value === "" ? "none" : `\`${value}\``;
  };
const framing = ([first]: readonly Recorded[]): string =>
  first?.headers["content-length"] === undefined
    ? "chunked"
    : `\`Content-Length: ${first.headers["content-length"]}\``;
const signed = ([first]: readonly Recorded[]): string =>
  `\`${/q-header-list=([^&]*)/.exec(decodeURIComponent(first?.headers.authorization ?? ""))?.[1]}\``;

export const CASES: readonly WireCase[] = [
  {
    what: "key `/a`",
    js: "`PUT /a`",
    go: "`PUT /%2Fa`",
    act: (client) => client.put("/a", "x"),
    tell: line,
  },
  {
    what: "key `//a`",
    js: "`PUT //a`",
    go: "`PUT /%2F%2Fa`",
    act: (client) => client.put("//a", "x"),
    tell: line,
  },
  {
    what: "key `a/../b`",
    js: "`PUT /a/../b`, which a browser makes `PUT /b`",
    go: "`PUT /a%2F..%2Fb`",
    act: (client) => client.put("a/../b", "x"),
    tell: line,
  },
  {
    what: "key `a/..`",
    js: "`PUT /a/..`, which a browser makes `PUT /`",
    go: "`PUT /a%2F..`",
    act: (client) => client.put("a/..", "x"),
    tell: line,
  },
  {
    what: "`Content-Type` of `small.jpg`, 1000 bytes",
    js: "that of the `File`",
    go: "none",
    act: (client, { small }) => client.file("small.jpg", small),
    tell: header("content-type"),
  },
  {
    what: "`Content-Type` of `large.jpg`, 21 MiB",
    js: "that of the `File`",
    go: "none",
    act: (client, { large }) => client.file("large.jpg", large),
    tell: header("content-type"),
  },
  {
    what: "the first request of `large.jpg`",
    js: "`GET /?uploads&prefix=large.jpg`",
    go: "`POST /large.jpg?uploads`",
    act: (client, { large }) => client.file("large.jpg", large),
    tell: line,
  },
  {
    what: "an empty stream of unknown length",
    js: "no streams",
    go: "chunked",
    act: (client) => client.stream("empty", ""),
    tell: framing,
  },
  {
    what: "a stream of three bytes",
    js: "no streams",
    go: "chunked",
    act: (client) => client.stream("three", "abc"),
    tell: framing,
  },
  {
    what: "`Content-MD5` of `putObject`",
    js: "none",
    go: "none",
    act: (client) => client.put("md5", "hello"),
    tell: header("content-md5"),
  },
  {
    what: "signed headers of `putObject` with a `Content-Type`",
    js: "those of the Node SDK, without `content-type`",
    go: "`content-length;content-type;host`, and all of `x-cos-`",
    act: (client) => client.put("signed", "hello", "text/plain"),
    tell: signed,
  },
  {
    what: "an empty 200 in response to Complete",
    js: "success",
    go: "an error, after 3 attempts",
    act: (client, { large }) => client.file("large.jpg", large),
    tell: () => "success",
    isEmptyComplete: true,
  },
  {
    what: "offered by ALPN over HTTPS",
    js: "what the browser offers",
    go: "`h2, http/1.1`",
    act: (client) => client.put("alpn", "x"),
    tell: undefined,
  },
];

/** What one client does in one case. */
export async function cellOf(name: keyof typeof CLIENTS, each: WireCase, files: WireFiles): Promise<string> {
  const { tell } = each;
  if (tell === undefined) return offerOf(name, each, files);
  const recorder = await startRecorder(each.isEmptyComplete !== true);
  try {
    await each.act(CLIENTS[name](recorder.origin), files);
    return tell(recorder.requests);
  } catch (error) {
    const { name: kind, code, stderr } = error as { name: string; code?: unknown; stderr?: string };
    const last = stderr?.trim().split("\n").at(-1)?.split(":")[0];
    return `\`${last ?? (typeof code === "string" ? code : kind)}\``;
  } finally {
    recorder.close();
  }
}

/** What one client offers by ALPN. Its call fails, because it does not trust the server. */
async function offerOf(name: keyof typeof CLIENTS, each: WireCase, files: WireFiles): Promise<string> {
  const handshakes = await recordHandshakes();
  try {
    await each.act(CLIENTS[name](handshakes.origin), files).catch(() => {});
    const { offered } = handshakes;
    if (offered === undefined) throw new Error(`${name} has begun no handshake`);
    return offered === "nothing" ? offered : `\`${offered}\``;
  } finally {
    handshakes.close();
  }
}
