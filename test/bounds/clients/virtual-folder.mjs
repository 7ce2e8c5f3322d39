// Uploads a folder that exists nowhere, to a COS that is a function: what grows with the number of files is the client's.
import { createHash, createHmac } from "node:crypto";
import { CosClient } from "@cosup/core";
import { uploadDirectory } from "@cosup/core/directory";
import { wasmBytes } from "@cosup/core/wasm-bytes";
import { createCRC64 } from "hash-wasm";
import { peakRss } from "../harness/process-figures.mjs";
import { measured, readOptions } from "./measured.mjs";

const { bucket, count, firstLook } = readOptions();
const MiB = 1024 ** 2;
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

/** A file whose bytes are its path. @param {unknown} input @returns {Promise<import("@cosup/core").ByteSource>} */
async function open(input) {
  const { path } = /** @type {{ path: string }} */ (input);
  const bytes = new TextEncoder().encode(path.padEnd(SIZE));
  return {
    size: SIZE,
    fingerprint: path,
    access: "random",
    resident: false,
    read: async (start, end, into) => {
      into.set(bytes.subarray(start, end));
      return into.subarray(0, end - start);
    },
    changed: async () => false,
    close: async () => {},
  };
}

/** Stores nothing, and answers with the digests of what it was sent. @param {import("@cosup/core").WireRequest} request @returns {Promise<import("@cosup/core").WireResponse>} */
async function send({ body = new Uint8Array(0) }) {
  const headers = new Headers({
    ETag: `"${createHash("md5").update(body).digest("hex")}"`,
    "x-cos-hash-crc64ecma": String(BigInt(`0x${hash.init().update(body).digest("hex")}`)),
    "x-cos-request-id": "bounds",
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

/** What counts is the growth. */
const warmUp = async () => {};

await measured(warmUp, async () => {
  let seen = 0;
  let firstPeak = 0;
  const parameters = {
    Bucket: bucket,
    LocalDirectoryPath: "virtual",
    onProgress: () => {},
    onFile: () => {
      seen += 1;
      if (seen === firstLook) firstPeak = peakRss("self");
    },
  };
  const { uploaded, failed } = await uploadDirectory(cos, parameters, walk(), () => true);
  return { uploaded, failed, growth: peakRss("self") - firstPeak };
});
