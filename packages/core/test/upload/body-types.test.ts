import { Blob as NodeBlob } from "node:buffer";
import { createReadStream } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { ReadableStream as NodeWebStream } from "node:stream/web";
import { expect, test } from "vitest";
import type {
  AppendObjectParameters,
  Body,
  PutObjectParameters,
  UploadFileParameters,
} from "../../src/index.ts";

// Compiled with the tests: an accepted kind that is no Body, or a refused kind that is one, is an error of the compiler.

const accept = (...bodies: Body[]): number => bodies.length;

interface OtherReadable {
  readable: boolean;
  read(size?: number): unknown;
  on(event: "data", listener: (chunk: Uint8Array) => void): this;
  on(event: string, listener: (...values: unknown[]) => void): this;
  removeListener(event: string, listener: (...values: unknown[]) => void): this;
  pause(): this;
  resume(): this;
  pipe<T extends { write(chunk: unknown): unknown }>(destination: T, options?: { end?: boolean }): T;
}

declare const other: {
  handle: FileHandle;
  message: IncomingMessage;
  /** readable-stream 2, which is no async iterable, and streamx. */
  foreign: OtherReadable;
  fsFile: {
    readonly readable: ReadableStream<Uint8Array>;
    seek(offset: number | bigint, from: 0 | 1 | 2): Promise<number>;
    stat(): Promise<{ size: number }>;
  };
  r2: { httpEtag: string; size: number; body: ReadableStream; bodyUsed: boolean; key: string };
  bucket: {
    get(key: string, options?: { range?: object }): Promise<object | null>;
    head(key: string): Promise<object | null>;
  };
  fetched: {
    body: NodeJS.ReadableStream | null;
    bodyUsed: boolean;
    headers: Map<string, string> & { get(name: string): string | null };
  };
};

const compileOnly = (): void => {
  accept(other.handle, other.message, other.foreign, other.fsFile, other.r2, { r2: other.bucket, key: "k" });
  accept(other.fetched, createReadStream("none"));

  // @ts-expect-error: a Date
  accept(new Date());
  // @ts-expect-error: a promise that was not awaited
  accept(Promise.resolve("text"));
  // @ts-expect-error: a promise of bytes
  accept(Promise.resolve(new Uint8Array(1)));
  // @ts-expect-error: a plain object
  accept({});
  // @ts-expect-error: a plain object, for JSON.stringify
  accept({ name: "value" });
  // @ts-expect-error: a number
  accept(5);
  // @ts-expect-error: a bigint
  accept(5n);
  // @ts-expect-error: a boolean
  accept(true);
  // @ts-expect-error: null
  accept(null);
  // @ts-expect-error: undefined
  accept(undefined);
  // @ts-expect-error: a symbol
  accept(Symbol("x"));
  // @ts-expect-error: a function
  accept(() => "text");
  // @ts-expect-error: a Map
  accept(new Map<string, string>());
  // @ts-expect-error: a Set
  accept(new Set<string>());
  // @ts-expect-error: an array of numbers
  accept([1, 2, 3]);
  // @ts-expect-error: an array of strings
  accept(["a", "b"]);
  // @ts-expect-error: an array of chunks
  accept([new Uint8Array(1)]);
  // @ts-expect-error: a regular expression
  accept(/x/);
  // @ts-expect-error: an error
  accept(new Error("x"));
  // @ts-expect-error: a form, which is sent as a Response of it
  accept(new FormData());
  // @ts-expect-error: parameters of a URL
  accept(new URLSearchParams());
  // @ts-expect-error: an iterable that is not asynchronous
  accept([new Uint8Array(1)][Symbol.iterator]());
  // @ts-expect-error: an async iterable of numbers
  accept(numbers());
  // @ts-expect-error: both halves of a transform; its readable is a Body
  accept(new TransformStream());
  // @ts-expect-error: what can be locked and cancelled, but not read
  accept({ locked: false, cancel: async () => {} });
  // @ts-expect-error: a stream to write to
  accept(new WritableStream());
};

async function* numbers(): AsyncGenerator<number> {
  yield 1;
}

async function* chunks(): AsyncGenerator<Uint8Array | string> {
  yield "text";
}

test("a Body is bytes, text, a Blob, a stream, a message, an iterable, a path or an open file", () => {
  expect(compileOnly).toBeTypeOf("function");
  const count = accept(
    "text",
    new Uint8Array(1),
    new Float64Array(1),
    new DataView(new ArrayBuffer(1)),
    new ArrayBuffer(1),
    Buffer.from("text"),
    new Blob(["text"]),
    new File(["text"], "name"),
    new NodeBlob(["text"]),
    new ReadableStream(),
    new NodeWebStream(),
    new TransformStream().readable,
    Readable.from(["text"]),
    chunks(),
    new Response("text"),
    new Request("https://example.com", { method: "POST", body: "text" }),
    { path: "file" },
    { path: new URL("file:///file") },
    new URL("file:///file"),
  );
  expect(count).toBe(19);
});

test("every method with a body takes these kinds only", () => {
  const object = { Bucket: "b-1250000000", Key: "k" };
  const calls = (): unknown[] => [
    // @ts-expect-error: a promise
    { ...object, Body: Promise.resolve("x") } satisfies PutObjectParameters,
    // @ts-expect-error: a Date
    { ...object, Body: new Date() } satisfies UploadFileParameters,
    // @ts-expect-error: a plain object
    { ...object, Position: 0, Data: { a: 1 } } satisfies AppendObjectParameters,
  ];
  expect(calls()).toHaveLength(3);
});
