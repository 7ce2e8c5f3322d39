import { CosError, ServiceError, TransportError } from "@cosup/node";
import { describe, expect, it } from "vitest";
import { CredentialsError } from "../src/credentials.ts";
import { EarlyEnd, FailFast } from "../src/early-end.ts";

const denied = (cosCode: string): ServiceError =>
  new ServiceError("putObject", { code: "access-denied", retryable: false, status: 403, cosCode });
const unreachable = new TransportError("putObject", "connect");
const unreadable = new CosError("a file", { code: "source-unreadable", retryable: false });

/** Counts errors, undefined for a success, until the command ends early. */
function endOf(results: readonly unknown[], maxErrors?: number): { after: number; reason: unknown } {
  const failFast = new FailFast(maxErrors);
  const signal = failFast.signalWith(new AbortController().signal);
  const after = results.findIndex((error) => {
    failFast.add({ failed: error !== undefined, error });
    return signal.aborted;
  });
  return { after: after + 1, reason: signal.reason };
}

const many = (error: unknown): unknown[] => Array.from({ length: 100 }, () => error);

describe("a command ends early", () => {
  it.each<[string, unknown[], number]>([
    ["at once when the keys are unknown to COS", many(denied("InvalidAccessKeyId")), 1],
    ["at once when the signature is wrong", many(denied("SignatureDoesNotMatch")), 1],
    ["at once when there are no keys", many(new CredentialsError("no keys")), 1],
    [
      "at once when they expire in the middle",
      [undefined, new CosError("expired", { code: "credentials-expired", retryable: false })],
      2,
    ],
    ["after three refusals without a success", many(denied("AccessDenied")), 3],
    [
      "never for refusals after a success: a policy may allow other keys",
      [undefined, ...many(denied(""))],
      0,
    ],
    ["after five failures in a row to connect", many(unreachable), 5],
    ["also when the network dies in the middle", [undefined, undefined, ...many(unreachable)], 7],
    [
      "not when some files get through",
      many(unreachable).flatMap((e, n) => (n % 4 === 3 ? [undefined] : [e])),
      0,
    ],
    ["never for files that cannot be read", many(unreadable), 0],
  ])("%s", (_what, results, after) => {
    expect(endOf(results).after).toBe(after);
  });

  it("and says why", () => {
    const message = "stopped after 1 failure: every other file would fail in the same way";
    expect(endOf(many(denied("NoSuchBucket"))).reason).toMatchObject({ message });
  });

  it("after --max-errors failures of any kind", () => {
    const { after, reason } = endOf([undefined, unreadable, undefined, unreadable, unreadable], 2);
    expect(after).toBe(4);
    expect(reason).toBeInstanceOf(EarlyEnd);
    expect(reason).toMatchObject({ message: "stopped after 2 failures: as --max-errors says" });
  });

  it("with the reason of an interruption, if that comes first", () => {
    const controller = new AbortController();
    const signal = new FailFast().signalWith(controller.signal);
    controller.abort("Ctrl-C");
    expect(signal.reason).toBe("Ctrl-C");
  });
});
