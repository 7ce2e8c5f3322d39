import { CosError, ServiceError, TransportError } from "@cosup/node";
import { classify } from "./classify-error.ts";
import { EXIT } from "./exit-codes.ts";

/** Refusals in a row, without a success before, after which the keys count as wrong: a policy may allow other keys. */
const REFUSALS = 3;
/** Files in a row that fail for want of a connection, each after all its attempts, after which the network counts as dead. */
const CONNECTION_FAILURES = 5;
/** What COS says of keys that are wrong for every request, and of a bucket that is not there. */
const SURE = [
  "InvalidAccessKeyId",
  "SignatureDoesNotMatch",
  "InvalidToken",
  "InvalidSecretId",
  "NoSuchBucket",
];

/** The abort reason of a command that ends before its last file, because the others would fail too. */
export class EarlyEnd extends Error {
  override readonly name = "EarlyEnd";
}

/** What a command counts of its files. */
interface Counted {
  readonly failed: boolean;
  readonly error?: unknown;
}

/** Ends a command early: after `--max-errors` failures, or when what failed shows that no other file can succeed. */
export class FailFast {
  readonly #controller = new AbortController();
  readonly #maxErrors: number;
  #failures = 0;
  #inRow = 0;
  #refusals = 0;
  #succeeded = false;

  /** @param maxErrors failures after which the command ends; undefined: any number */
  constructor(maxErrors = Number.POSITIVE_INFINITY) {
    this.#maxErrors = maxErrors;
  }

  /** Aborts with an {@link EarlyEnd}, or with the reason of `other`. */
  signalWith(other: AbortSignal): AbortSignal {
    return AbortSignal.any([other, this.#controller.signal]);
  }

  /** Counts the result of a file. */
  add({ failed, error }: Counted): void {
    if (!failed) {
      this.#succeeded = true;
      this.#inRow = 0;
      return;
    }
    this.#failures += 1;
    this.#inRow = error instanceof TransportError ? this.#inRow + 1 : 0;
    if (!this.#succeeded && isRefusal(error)) this.#refusals += 1;
    const reason = this.#reasonFor(error);
    if (reason !== undefined && !this.#controller.signal.aborted)
      this.#controller.abort(new EarlyEnd(`stopped after ${counted(this.#failures)}: ${reason}`));
  }

  #reasonFor(error: unknown): string | undefined {
    if (isSure(error)) return "every other file would fail in the same way";
    if (this.#refusals >= REFUSALS) return "COS refuses all of them; check the keys and what they may do";
    if (this.#inRow >= CONNECTION_FAILURES) return "COS cannot be reached";
    return this.#failures >= this.#maxErrors ? "as --max-errors says" : undefined;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof CosError && error.code === "access-denied";
}

/** Whether no other file can succeed, whatever its key is. */
function isSure(error: unknown): boolean {
  if (error instanceof ServiceError && SURE.includes(error.cosCode)) return true;
  // Keys that are missing, expired or not valid yet. A key may be denied for one object alone.
  return classify(error).exitCode === EXIT.credentials && !isRefusal(error);
}

function counted(failures: number): string {
  return `${failures} failure${failures === 1 ? "" : "s"}`;
}
