// Uploads a virtual folder to a COS that is a function, so that memory that grows with the number of files is the
// client's.
import { createHash, createHmac } from "node:crypto";
import process from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { CosClient } from "@cosup/core";
import { uploadDirectory } from "@cosup/core/directory";
import { wasmBytes } from "@cosup/core/wasm-bytes";
import { createCRC64 } from "hash-wasm";
import { MiB } from "../sizes.mjs";
import { measured, readOptions } from "./measured.mjs";

const { bucket, count } = readOptions();
const SIZE = 1024;
const hash = await createCRC64();

/** @param {number} index */
const pathOf = (index) => `d${Math.floor(index / 100)}/f${index}.bin`;

async function* walk() {
  for (let index = 0; index < count; index += 1) {
    const path = pathOf(index);
    yield { relativePath: path, path, kind: /** @type {const} */ ("file"), size: SIZE };
  }
}

/** A file whose bytes are its path. @param {unknown} input @returns {Promise<import("@cosup/core/runtime").ByteSource>} */
async function open(input) {
  const { path } = /** @type {{ path: string }} */ (input);
  const bytes = new TextEncoder().encode(path.padEnd(SIZE));
  return {
    size: SIZE,
    fingerprint: path,
    access: "random",
    inMemory: false,
    read: async (start, end, into) => {
      into.set(bytes.subarray(start, end));
      return into.subarray(0, end - start);
    },
    changed: async () => false,
    close: async () => {},
  };
}

/** Stores nothing, and responds with the digests of what it was sent. @param {import("@cosup/core/runtime").WireRequest} request @returns {Promise<import("@cosup/core/runtime").WireResponse>} */
async function send({ body = new Uint8Array(0) }) {
  const headers = new Headers({
    ETag: `"${createHash("md5").update(body).digest("hex")}"`,
    "x-cos-hash-crc64ecma": String(BigInt(`0x${hash.init().update(body).digest("hex")}`)),
    "x-cos-request-id": "limits",
  });
  return {
    status: 200,
    headers,
    body: null,
    text: async () => "",
    arrayBuffer: async () => new ArrayBuffer(0),
  };
}

const cos = new CosClient(
  {
    name: "virtual",
    wasm: WebAssembly.compile(wasmBytes()),
    defaults: { partSize: 8 * MiB, concurrency: 5, memoryBudget: 64 * MiB },
    sha1: {
      digest: (text) => createHash("sha1").update(text).digest("hex"),
      hmac: (key, text) => createHmac("sha1", key).update(text).digest("hex"),
    },
    send,
    open,
    transportError: () => "unknown",
  },
  { Region: "ap-guangzhou", SecretId: "ID", SecretKey: "KEY" },
);

/** Only the growth matters. */
const warmUp = async () => {};

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc");
const LOOKS = 200;

/** Bytes that something still refers to. */
function kept() {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

await measured(warmUp, async () => {
  /** @type {number[]} */
  const rss = [];
  let seen = 0;
  let keptBefore = 0;
  const onFile = () => {
    seen += 1;
    // Early: V8 needs some time until its heap has its size again.
    if (seen === count / 8) keptBefore = kept();
    if (seen % (count / LOOKS) === 0) rss.push(process.memoryUsage.rss());
  };
  const parameters = { Bucket: bucket, LocalDirectoryPath: "virtual", onProgress: () => {}, onFile };
  const { uploaded } = await uploadDirectory(cos, parameters, walk(), () => true);
  // The heap of V8 rises and falls by tens of MiB: the peaks of both quarters are compared.
  const growth = Math.max(...rss.slice(150)) - Math.max(...rss.slice(100, 150));
  return { uploaded, growth, keptMore: kept() - keptBefore };
});
