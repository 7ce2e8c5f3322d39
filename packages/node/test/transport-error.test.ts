import { errors } from "undici";
import { describe, expect, it } from "vitest";
import { transportFailure } from "../src/transport-error.ts";

const coded = (code: string, rest: object = {}): Error => Object.assign(new Error(code), { code, ...rest });

describe("transportFailure", () => {
  it.each([
    ["ECONNREFUSED", "connect"],
    ["ENOTFOUND", "connect"],
    ["EAI_AGAIN", "connect"],
    ["EHOSTUNREACH", "connect"],
    ["CERT_HAS_EXPIRED", "connect"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "connect"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "connect"],
    ["ECONNRESET", "reset"],
    ["EPIPE", "reset"],
    ["ETIMEDOUT", "timeout"],
    ["EWHATEVER", "unknown"],
  ])("%s is %s", (code, failure) => {
    expect(transportFailure(coded(code))).toBe(failure);
  });

  it("knows undici's own errors", () => {
    expect(transportFailure(new errors.ConnectTimeoutError())).toBe("connect");
    expect(transportFailure(new errors.SocketError("other side closed"))).toBe("reset");
    expect(transportFailure(new errors.HeadersTimeoutError())).toBe("timeout");
    expect(transportFailure(new errors.BodyTimeoutError())).toBe("timeout");
  });

  it("distinguishes a connect timeout from a response timeout", () => {
    expect(transportFailure(coded("ETIMEDOUT", { syscall: "connect" }))).toBe("connect");
    expect(transportFailure(coded("ETIMEDOUT", { syscall: "read" }))).toBe("timeout");
  });

  it("walks down the causes", () => {
    const error = new TypeError("fetch failed", {
      cause: new Error("inner", { cause: coded("ECONNRESET") }),
    });
    expect(transportFailure(error)).toBe("reset");
  });

  it("looks into the attempts of happy eyeballs", () => {
    expect(transportFailure(new AggregateError([coded("ECONNREFUSED"), coded("ENETUNREACH")]))).toBe(
      "connect",
    );
  });

  it("reads the signal's own timeout", () => {
    expect(transportFailure(new DOMException("late", "TimeoutError"))).toBe("timeout");
  });

  it("ends on a cause that is its own cause, and on what is no error", () => {
    const knot = new Error("knot");
    knot.cause = knot;
    expect(transportFailure(knot)).toBe("unknown");
    expect(transportFailure("text")).toBe("unknown");
    expect(transportFailure(undefined)).toBe("unknown");
  });
});
