import { expect, test } from "vitest";
import { numberOf, textOf } from "../../src/xml/document.ts";

test.each([
  ["12", 12],
  [" 12 ", 12],
  ["-1", undefined],
  ["1e3", undefined],
  ["0x10", undefined],
  ["", undefined],
  ["1.5", undefined],
])("numberOf() of %j is %s", (text, expected) => {
  expect(numberOf({ N: text }, "N")).toBe(expected);
});

test("textOf() leaves unknown entities and impossible references alone", () => {
  expect(textOf({ T: "&nbsp; &#x110000; &#1114112; &; &lt" }, "T")).toBe(
    "&nbsp; &#x110000; &#1114112; &; &lt",
  );
});
