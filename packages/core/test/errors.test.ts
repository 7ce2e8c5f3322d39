import { expect, expectTypeOf, test } from "vitest";
// @ts-expect-error: the types of the built file are those of the sources, in dist/types
import * as built from "../dist/index.js";
import * as errors from "../src/errors.ts";

/** One error of each class, made by a copy of the package. */
function makeAll(copy: Pick<typeof errors, keyof typeof errors>): Record<string, Error> {
  const options = { code: "conflict", retryable: false } as const;
  return {
    CosError: new copy.CosError("x", options),
    ServiceError: new copy.ServiceError("x", { ...options, status: 409, cosCode: "Conflict" }),
    TransportError: new copy.TransportError("x", "reset"),
    IntegrityError: new copy.IntegrityError("x", { expected: "1", actual: "2" }),
    SourceError: new copy.SourceError("x", "source-changed"),
    CheckpointError: new copy.CheckpointError("x", "checkpoint-locked"),
    ArgumentTypeError: new copy.ArgumentTypeError("Key", "x"),
    ArgumentRangeError: new copy.ArgumentRangeError("Key", "x"),
  };
}

const { CosError, ServiceError, TransportError, IntegrityError, SourceError, CheckpointError } = errors;
const { ArgumentTypeError, ArgumentRangeError } = errors;
const CLASSES = {
  CosError,
  ServiceError,
  TransportError,
  IntegrityError,
  SourceError,
  CheckpointError,
  ArgumentTypeError,
  ArgumentRangeError,
};

/** The classes of the sources that an error is an instance of. */
function classesOf(error: unknown): string[] {
  return Object.entries(CLASSES).flatMap(([name, type]) => (error instanceof type ? [name] : []));
}

const NOT_COS = ["ArgumentTypeError", "ArgumentRangeError"];

test("an error of another copy of the package is an instance of the same classes, and of no others", () => {
  for (const copy of [errors, built as unknown as typeof errors]) {
    for (const [name, error] of Object.entries(makeAll(copy))) {
      const expected = name === "CosError" || NOT_COS.includes(name) ? [name] : ["CosError", name];
      expect(classesOf(error), name).toEqual(expected);
      expect(errors.isCosError(error), name).toBe(!NOT_COS.includes(name));
    }
  }
});

test("a class derived by a program has only its own instances", () => {
  class Refused extends errors.ServiceError {}
  const options = { code: "conflict", retryable: false, status: 409, cosCode: "Conflict" } as const;
  expect(new Refused("x", options)).toBeInstanceOf(Refused);
  expect(new Refused("x", options)).toBeInstanceOf(errors.ServiceError);
  expect(new errors.ServiceError("x", options)).not.toBeInstanceOf(Refused);
  expect(new built.ServiceError("x", options)).not.toBeInstanceOf(Refused);
});

test.each([undefined, null, "CosError", 1, {}, { name: "CosError", code: "conflict" }, new Error("x")])(
  "%s is not a CosError",
  (value) => {
    expect(errors.isCosError(value)).toBe(false);
    expect(classesOf(value)).toEqual([]);
  },
);

/** Compiled with the tests: a wrong type fails there. */
function narrowed(error: unknown): string | undefined {
  if (!errors.isCosError(error)) return undefined;
  expectTypeOf(error).toEqualTypeOf<errors.AnyCosError>();
  switch (error.code) {
    case "integrity":
      expectTypeOf(error).toEqualTypeOf<errors.IntegrityError>();
      return error.expected;
    case "not-found":
    case "throttled":
      expectTypeOf(error).toEqualTypeOf<errors.ServiceError>();
      return error.cosCode;
    case "connect-failed":
    case "transport-failed":
      expectTypeOf(error).toEqualTypeOf<errors.TransportError>();
      return error.failure;
    case "timeout":
    case "connection-reset":
      expectTypeOf(error).toEqualTypeOf<errors.ServiceError | errors.TransportError>();
      // @ts-expect-error: COS itself can report it, and such an error has no `failure`
      return error.failure;
    case "source-changed":
      expectTypeOf(error).toEqualTypeOf<errors.SourceError>();
      return error.message;
    case "checkpoint-locked":
      expectTypeOf(error).toEqualTypeOf<errors.CheckpointError>();
      return error.message;
    case "client-closed":
      // @ts-expect-error: only a ServiceError has it
      return error.requestId;
    // @ts-expect-error: no error has this code
    case "not-a-code":
      return undefined;
    default:
      return error.code;
  }
}

test("the code of an error narrows its class, also of another copy of the package", () => {
  for (const copy of [errors, built as unknown as typeof errors]) {
    expect(narrowed(new copy.IntegrityError("x", { expected: "1", actual: "2" }))).toBe("1");
    expect(narrowed(new copy.TransportError("x", "connect"))).toBe("connect");
    expect(
      narrowed(
        new copy.ServiceError("x", {
          code: "not-found",
          retryable: false,
          status: 404,
          cosCode: "NoSuchKey",
        }),
      ),
    ).toBe("NoSuchKey");
    expect(narrowed(new copy.CosError("x", { code: "outcome-unknown", retryable: false }))).toBe(
      "outcome-unknown",
    );
  }
});

test("a class of error takes no code of another class", () => {
  const options = { retryable: false, status: 409, cosCode: "" };
  // @ts-expect-error: only an IntegrityError has this code
  expect(new ServiceError("x", { code: "integrity", ...options }).status).toBe(409);
  // @ts-expect-error: only a CheckpointError has this code
  expect(new SourceError("x", "checkpoint-locked").retryable).toBe(false);
});
