import { execFile } from "node:child_process";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createCos } from "@cosup/node";
import COS from "cos-nodejs-sdk-v5";
import { type Recorded, startRecorder } from "./wire-recorder.ts";

const { env } = process;
const Bucket = "examplebucket-1250000000";
const Region = "ap-guangzhou";
const KEYS = { SecretId: "id", SecretKey: "key" };

/** What the table asks of a client. `stream` has the bytes of a text, of unknown length. */
export interface WireClient {
  put(Key: string, text: string, ContentType?: string): Promise<unknown>;
  stream(Key: string, text: string): Promise<unknown>;
  file(Key: string, path: string): Promise<unknown>;
}

const chunks = (text: string): Readable => Readable.from(text === "" ? [] : [Buffer.from(text)]);

export const CLIENTS: Readonly<Record<"node" | "ours" | "python", (port: number) => WireClient>> = {
  node: (port) => {
    const cos = new COS({ ...KEYS, Domain: `127.0.0.1:${port}`, Protocol: "http:" });
    const at = { Bucket, Region };
    return {
      put: (Key, Body, ContentType) =>
        cos.putObject({ ...at, Key, Body, ...(ContentType === undefined ? {} : { ContentType }) }),
      stream: (Key, text) => cos.putObject({ ...at, Key, Body: chunks(text) as never }),
      file: (Key, FilePath) => cos.uploadFile({ ...at, Key, FilePath }),
    };
  },
  ours: (port) => {
    const cos = createCos({ ...KEYS, Endpoint: `http://127.0.0.1:${port}`, maxAttempts: 1 });
    return {
      put: (Key, Body, ContentType) => cos.putObject({ Bucket, Key, Body, ContentType }),
      stream: (Key, text) => cos.putObject({ Bucket, Key, Body: chunks(text) }),
      file: (Key, LocalFilePath) => cos.uploadFile({ Bucket, Key, LocalFilePath }),
    };
  },
  python: (port) => {
    const run = (...words: string[]): Promise<unknown> =>
      promisify(execFile)(env.PYTHON ?? "python3", [PYTHON_PROGRAM, String(port), Bucket, ...words]);
    return {
      put: (Key, text, ContentType) =>
        run("put", Key, text, ...(ContentType === undefined ? [] : [ContentType])),
      stream: (Key, text) => run("stream", Key, text),
      file: (Key, path) => run("file", Key, path),
    };
  },
};

const PYTHON_PROGRAM = fileURLToPath(new URL("wire.py", import.meta.url));

export interface WireCase {
  readonly what: string;
  /** What was read in the sources of these two. */
  readonly js: string;
  readonly go: string;
  readonly act: (client: WireClient, files: WireFiles) => Promise<unknown>;
  readonly tell: (requests: readonly Recorded[]) => string;
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
];

/** What one client does in one case. */
export async function cellOf(name: keyof typeof CLIENTS, each: WireCase, files: WireFiles): Promise<string> {
  const recorder = await startRecorder(each.isEmptyComplete !== true);
  try {
    await each.act(CLIENTS[name](recorder.port), files);
    return each.tell(recorder.requests);
  } catch (error) {
    const { name: kind, code, stderr } = error as { name: string; code?: unknown; stderr?: string };
    const last = stderr?.trim().split("\n").at(-1)?.split(":")[0];
    return `\`${last ?? (typeof code === "string" ? code : kind)}\``;
  } finally {
    recorder.close();
  }
}
