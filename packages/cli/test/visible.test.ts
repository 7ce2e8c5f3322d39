import { expect, it } from "vitest";
import { visible, visibleJson } from "../src/display/visible.ts";

it.each([
  ["plain text, 中文, émoji 👩‍👩‍👧, العربية", "plain text, 中文, émoji 👩‍👩‍👧, العربية"],
  ["C:\\back\\slashes 'and' \"quotes\"", "C:\\back\\slashes 'and' \"quotes\""],
  ["a\r\nb\tc", "a\\r\\nb\\tc"],
  ["\0\u001b[31m\u0007\u007f", "\\x00\\x1b[31m\\x07\\x7f"],
  ["\u0080\u0085\u009b31m\u009f\u00a0", "\\x80\\x85\\x9b31m\\x9f\u00a0"],
  ["\u061c\u200e\u200f\u202a\u202e\u2066\u2069", "\\u061c\\u200e\\u200f\\u202a\\u202e\\u2066\\u2069"],
  ["\u2028\u2029", "\\u2028\\u2029"],
  ["\ud83d lone \udc69", "\\ud83d lone \\udc69"],
])("visible(%j)", (text, expected) => {
  expect(visible(text)).toBe(expected);
});

it("visibleJson() is the same JSON with characters unsafe on a terminal escaped", () => {
  const value = { "k\u009b": "\u202e\u2028\u007f\u001b\n\ud800 中" };
  const json = visibleJson(JSON.stringify(value));
  expect(json).toBe('{"k\\u009b":"\\u202e\\u2028\\u007f\\u001b\\n\\ud800 中"}');
  expect(JSON.parse(json)).toEqual(value);
});
