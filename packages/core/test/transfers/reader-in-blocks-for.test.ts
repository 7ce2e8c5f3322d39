import { expect, test } from "vitest";
import { Endpoint } from "../../src/http/endpoint.ts";
import { Pacer } from "../../src/http/pacer.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { readerInBlocksFor } from "../../src/transfers/reader-in-blocks-for.ts";
import { readerInBlocks } from "../../src/upload/block-part-reader.ts";

const sending = { sendsBlocks: true } as Runtime;
const Region = "ap-guangzhou";

test.each([
  [undefined, "https", true],
  [undefined, "http", false],
  ["https://cos.example.com/{Bucket}", "http", true],
  ["http://127.0.0.1:9000/{Bucket}", "https", false],
])("of the endpoint %s with the scheme %s: %s, as it is encrypted or not", (template, scheme, inBlocks) => {
  const reader = readerInBlocksFor(sending, new Endpoint(template, Region, scheme), undefined);
  expect(reader).toBe(inBlocks ? readerInBlocks : undefined);
});

test.each([
  ["a runtime that does not send blocks", {} as Runtime, undefined],
  ["a limited rate", sending, new Pacer(systemClock, 1_000_000)],
])("with %s, parts are read before they are sent", (_, runtime, pacer) => {
  const endpoint = new Endpoint(undefined, Region, "https");
  expect(readerInBlocksFor(runtime, endpoint, pacer)).toBeUndefined();
});
