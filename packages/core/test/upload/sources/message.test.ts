import { expect, test } from "vitest";
import { messageBody } from "../../../src/upload/sources/message.ts";

const headResponse = (headers: Record<string, string>) => ({
  body: null,
  bodyUsed: false,
  headers: new Headers(headers),
  status: 200,
  type: "basic",
});

test.each<[string, Record<string, string>]>([
  ["plain", { "content-length": "29" }],
  ["encoded", { "content-length": "29", "content-encoding": "gzip" }],
])("a response to HEAD stands for content that is not there, and is refused: %s", (_, headers) => {
  expect(() => messageBody(headResponse(headers), "Body")).toThrow(
    /^Body: this Response or Request has no body/,
  );
});

test.each<[string, Record<string, string>]>([
  ["without a length", {}],
  ["of no bytes", { "content-length": "0" }],
])("a response without a body is an empty object: %s", (_, headers) => {
  expect(messageBody(headResponse(headers), "Body")).toEqual({ body: null, size: 0 });
});
