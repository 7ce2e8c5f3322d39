import { DataDamagedError, DataForeignError, DataInUseError } from "@cosup/emulator";
import {
  ArgumentRangeError,
  ArgumentTypeError,
  CheckpointError,
  CosError,
  IntegrityError,
  ServiceError,
  SourceError,
  TransportError,
} from "@cosup/node";
import { CommanderError, InvalidArgumentError } from "commander";
import { describe, expect, it, test } from "vitest";
import { classify } from "../src/classify-error.ts";
import { CredentialsError } from "../src/credentials.ts";
import { EXIT_BY_CODE } from "../src/exit-codes.ts";
import { Interrupted } from "../src/interrupt.ts";

/** The exit codes that scripts rely on, written out a second time. */
const CONTRACT: Record<keyof typeof EXIT_BY_CODE, number> = {
  "access-denied": 3,
  "credentials-expired": 3,
  "clock-skewed": 3,
  "not-found": 1,
  conflict: 1,
  "precondition-failed": 1,
  "invalid-request": 1,
  throttled: 5,
  "service-unavailable": 5,
  "unexpected-response": 5,
  "connect-failed": 5,
  "connection-reset": 5,
  timeout: 5,
  "transport-failed": 5,
  integrity: 6,
  "source-changed": 6,
  "source-length": 6,
  "source-unreadable": 4,
  "checkpoint-locked": 7,
  "checkpoint-unusable": 1,
  "outcome-unknown": 8,
  "subrequests-exhausted": 1,
  "client-closed": 1,
  "target-exists": 1,
  "target-unwritable": 1,
};

describe("a CosError's exit code", () => {
  it.each(Object.entries(CONTRACT))("%s is %i", (code, exitCode) => {
    const error = new CosError("x", { code: code as keyof typeof EXIT_BY_CODE, retryable: false });
    expect(classify(error)).toEqual({ code, exitCode });
  });

  it("has a row for every code", () => {
    expect(EXIT_BY_CODE).toEqual(CONTRACT);
  });
});

test.each([
  ["that another attempt may cure", true, 5],
  ["that stays, as a certificate that is not trusted", false, 1],
])("the exit code of a transport failure %s", (_, retryable, exitCode) => {
  const error = new TransportError("x", "connect", undefined, retryable);
  expect(classify(error)).toEqual({ code: "connect-failed", exitCode });
});

describe("the exit code of", () => {
  const denied = { code: "access-denied", retryable: false, status: 403, cosCode: "AccessDenied" } as const;
  it.each<[string, unknown, number, string]>([
    ["a wrong type", new ArgumentTypeError("Key", "x"), 2, "invalid-argument"],
    ["a wrong range", new ArgumentRangeError("PartSize", "x"), 2, "invalid-argument"],
    ["a wrong word", new CommanderError(1, "commander.unknownOption", "x"), 2, "invalid-argument"],
    ["a wrong option", new InvalidArgumentError("x"), 2, "invalid-argument"],
    ["missing credentials", new CredentialsError("x"), 3, "credentials-missing"],
    ["unusable credentials", new ArgumentTypeError("SecretKey", "x"), 3, "credentials-missing"],
    ["denied credentials", new ServiceError("x", denied), 3, "access-denied"],
    ["a broken connection", new TransportError("x", "reset"), 5, "connection-reset"],
    ["wrong bytes", new IntegrityError("x", { expected: "1", actual: "2" }), 6, "integrity"],
    ["a changed source", new SourceError("x", "source-changed"), 6, "source-changed"],
    ["a missing source", new SourceError("x", "source-unreadable"), 4, "source-unreadable"],
    ["a lock", new CheckpointError("x", "checkpoint-locked"), 7, "checkpoint-locked"],
    ["the data of an emulator in use", new DataInUseError("/data", 1), 7, "data-in-use"],
    ["files of somebody else", new DataForeignError("/data"), 2, "data-foreign"],
    ["damaged data of an emulator", new DataDamagedError("/data/x", "is bad"), 1, "data-damaged"],
    ["SIGINT", new Interrupted("SIGINT"), 130, "interrupted"],
    ["SIGTERM", new Interrupted("SIGTERM"), 143, "interrupted"],
    ["a bug", new Error("x"), 1, "unexpected"],
    ["a thrown string", "x", 1, "unexpected"],
  ])("%s", (_what, error, exitCode, code) => {
    expect(classify(error)).toMatchObject({ exitCode, code });
  });
});
