import { expect, test } from "vitest";
import { r2BodyLength } from "../src/sources/r2-source.ts";

test.each([
  ["the whole object", undefined, 11],
  ["offset and length", { offset: 6, length: 5 }, 5],
  ["an offset alone", { offset: 6 }, 5],
  ["a length alone", { length: 5 }, 5],
  ["a length past the end", { offset: 6, length: 100 }, 5],
  ["the last bytes", { suffix: 5 }, 5],
  ["more last bytes than there are", { suffix: 100 }, 11],
])("the body of %s", (_name, range, length) => {
  const object = { key: "eleven", etag: "e", size: 11, body: new ReadableStream(), range };
  expect(r2BodyLength(object)).toBe(length);
});
