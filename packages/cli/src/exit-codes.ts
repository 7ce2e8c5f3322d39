import { ArgumentRangeError, ArgumentTypeError, CosError, type CosErrorCode } from "@cosup/node";
import { CommanderError } from "commander";
import { CredentialsError } from "./credentials.ts";
import { Interrupted } from "./interrupt.ts";

/** What the process ends with. Stable: scripts rely on it. */
export const EXIT = {
  done: 0,
  /** Some transfers failed, or what was asked for is not there. */
  failed: 1,
  usage: 2,
  /** Credentials missing, half-set or denied. */
  credentials: 3,
  /** The source is not there, unreadable, or a directory without -r. */
  source: 4,
  /** Failed after all retries; may succeed later. */
  temporary: 5,
  /** What arrived is not what was sent, or the source changed meanwhile. */
  integrity: 6,
  /** Another process is uploading to the same key. */
  locked: 7,
  /** COS may or may not hold the object, and could not be asked. */
  unknown: 8,
  interrupted: 130,
  terminated: 143,
} as const;

/** A row per error code of the client. */
export const EXIT_BY_CODE = {
  "access-denied": EXIT.credentials,
  "credentials-expired": EXIT.credentials,
  // The keys are right, the signature's time is not: a matter of this machine's set-up, as credentials are.
  "clock-skewed": EXIT.credentials,
  "not-found": EXIT.failed,
  conflict: EXIT.failed,
  "precondition-failed": EXIT.failed,
  "invalid-request": EXIT.failed,
  throttled: EXIT.temporary,
  "service-unavailable": EXIT.temporary,
  "unexpected-answer": EXIT.temporary,
  "connect-failed": EXIT.temporary,
  "connection-reset": EXIT.temporary,
  timeout: EXIT.temporary,
  "transport-failed": EXIT.temporary,
  integrity: EXIT.integrity,
  "source-changed": EXIT.integrity,
  "source-length": EXIT.integrity,
  "source-unreadable": EXIT.source,
  "checkpoint-locked": EXIT.locked,
  "checkpoint-unusable": EXIT.failed,
  "outcome-unknown": EXIT.unknown,
  // Of runtimes that ration requests; Node does not.
  "subrequests-exhausted": EXIT.failed,
  "client-closed": EXIT.failed,
} as const satisfies Record<CosErrorCode, number>;

/** Parameters of the client that come from the environment's credentials, not from the command line. */
const CREDENTIAL_PARAMETERS: readonly string[] = ["SecretId", "SecretKey", "Token", "credentials"];

/** A failure in words that scripts can compare: the client's code, or one of the command line's own. */
export interface Classified {
  readonly code: string;
  readonly exitCode: number;
  readonly parameter?: string;
}

export function classify(error: unknown): Classified {
  if (error instanceof Interrupted) return { code: "interrupted", exitCode: error.exitCode };
  if (error instanceof CredentialsError) return { code: "credentials-missing", exitCode: EXIT.credentials };
  if (error instanceof CommanderError) return { code: "invalid-argument", exitCode: EXIT.usage };
  if (error instanceof ArgumentTypeError || error instanceof ArgumentRangeError) {
    const { parameter } = error;
    return CREDENTIAL_PARAMETERS.includes(parameter)
      ? { code: "credentials-missing", exitCode: EXIT.credentials, parameter }
      : { code: "invalid-argument", exitCode: EXIT.usage, parameter };
  }
  if (error instanceof CosError)
    return { code: error.code, exitCode: EXIT_BY_CODE[error.code] ?? EXIT.failed };
  return { code: "unexpected", exitCode: EXIT.failed };
}
