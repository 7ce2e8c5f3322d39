import { expect, test } from "vitest";
import { transportFailure } from "../src/transport-error.ts";

test.each([
  [new Error("Network connection lost."), "reset"],
  [new TypeError("Response closed due to connection closed"), "reset"],
  [new DOMException("The operation timed out.", "TimeoutError"), "timeout"],
  [new Error("internal error; reference = 0123456789"), "unknown"],
  ["no error at all", "unknown"],
  [undefined, "unknown"],
])("transportFailure() of %s is %s", (cause, failure) => {
  expect(transportFailure(cause)).toBe(failure);
});
