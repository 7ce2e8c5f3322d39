import { CosError, TransportError } from "@cosup/core";
import { permanentFailure, responseTooLong } from "@cosup/core/runtime";
import { expect, it } from "vitest";
import { receivedError, sentError } from "../src/threads/sent-error.ts";
import { transportFailure } from "../src/transport-error.ts";

/** As between threads. */
const passed = (error: unknown): Error => receivedError(structuredClone(sentError(error)));
const withCode = (code: string, message = code, more = {}): Error =>
  Object.assign(new Error(message), { code, ...more });

it.each([
  [withCode("ECONNREFUSED"), "connect"],
  [withCode("ECONNRESET"), "reset"],
  [withCode("ETIMEDOUT", "connect", { syscall: "connect" }), "connect"],
  [withCode("ETIMEDOUT"), "timeout"],
  [new Error("other side closed", { cause: withCode("UND_ERR_SOCKET") }), "reset"],
  [new AggregateError([withCode("ENETUNREACH")], "all failed"), "connect"],
  [new Error("something"), "unknown"],
])("%s is the same failure here", (error, failure) => {
  expect(transportFailure(error)).toBe(failure);
  expect(transportFailure(passed(error))).toBe(failure);
});

it("is a permanent failure here too", () => {
  const error = new Error("fetch", { cause: withCode("CERT_HAS_EXPIRED") });
  expect(permanentFailure(passed(error))).toEqual(permanentFailure(error));
});

it("keeps our own classes", () => {
  const tooLong = passed(responseTooLong());
  expect(tooLong).toBeInstanceOf(CosError);
  expect(tooLong).toMatchObject({ code: "unexpected-response", retryable: false, hint: expect.any(String) });
  const refused = passed(new TransportError("no proxy", "connect", undefined, false));
  expect(refused).toBeInstanceOf(TransportError);
  expect(refused).toMatchObject({ code: "connect-failed", failure: "connect", retryable: false });
});

it("takes what is no error, and an error that is its own cause", () => {
  expect(passed("text").message).toBe("text");
  const own = new Error("again");
  own.cause = own;
  expect(passed(own).message).toBe("again");
});
