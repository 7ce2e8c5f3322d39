import { execFile } from "node:child_process";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createCos } from "@cosup/node";
import COS from "cos-nodejs-sdk-v5";

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

export const CLIENTS: Readonly<Record<"node" | "ours" | "python", (origin: string) => WireClient>> = {
  node: (origin) => {
    const { host: Domain, protocol } = new URL(origin);
    const cos = new COS({ ...KEYS, Domain, Protocol: protocol as "http:" | "https:" });
    const at = { Bucket, Region };
    return {
      put: (Key, Body, ContentType) =>
        cos.putObject({ ...at, Key, Body, ...(ContentType === undefined ? {} : { ContentType }) }),
      stream: (Key, text) => cos.putObject({ ...at, Key, Body: chunks(text) as never }),
      file: (Key, FilePath) => cos.uploadFile({ ...at, Key, FilePath }),
    };
  },
  ours: (origin) => {
    const cos = createCos({ ...KEYS, Endpoint: origin, maxAttempts: 1 });
    return {
      put: (Key, Body, ContentType) => cos.putObject({ Bucket, Key, Body, ContentType }),
      stream: (Key, text) => cos.putObject({ Bucket, Key, Body: chunks(text) }),
      file: (Key, LocalFilePath) => cos.uploadFile({ Bucket, Key, LocalFilePath }),
    };
  },
  python: (origin) => {
    const run = (...words: string[]): Promise<unknown> =>
      promisify(execFile)(env.PYTHON ?? "python3", [PYTHON_PROGRAM, origin, Bucket, ...words]);
    return {
      put: (Key, text, ContentType) =>
        run("put", Key, text, ...(ContentType === undefined ? [] : [ContentType])),
      stream: (Key, text) => run("stream", Key, text),
      file: (Key, path) => run("file", Key, path),
    };
  },
};

const PYTHON_PROGRAM = fileURLToPath(new URL("wire.py", import.meta.url));
