import { expect, test } from "vitest";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { readerInBlocksFor } from "../../src/transfers/reader-in-blocks-for.ts";
import { readerInBlocks } from "../../src/upload/block-part-reader.ts";

const sending = { sendsBlocks: true } as Runtime;
const Region = "ap-guangzhou";

test.each([
  [undefined, undefined, true],
  [undefined, "https", true],
  [undefined, "http", false],
  ["https://cos.example.com/{Bucket}", "http", true],
  ["http://127.0.0.1:9000/{Bucket}", "https", false],
])("of the endpoint %s with the scheme %s: %s, as it is encrypted or not", (Endpoint, Scheme, inBlocks) => {
  const reader = readerInBlocksFor(sending, { Endpoint, Region, Scheme });
  expect(reader).toBe(inBlocks ? readerInBlocks : undefined);
});

test.each([
  ["a runtime that does not send blocks", {} as Runtime, {}],
  ["a limited rate", sending, { bandwidthLimit: "1MiB" }],
  ["a limited rate in bytes", sending, { bandwidthLimit: 1_000_000 }],
])("with %s, parts are read before they are sent", (_, runtime, more) => {
  expect(readerInBlocksFor(runtime, { Region, ...more })).toBeUndefined();
});
