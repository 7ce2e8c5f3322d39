import type { CosErrorCode } from "@cosup/node";

/** Exit codes of the process. They are stable, because scripts rely on them. */
export const EXIT = {
  done: 0,
  /** Some uploads failed, or the object, bucket or upload does not exist. */
  failed: 1,
  usage: 2,
  /** Credentials are missing, incomplete or denied. */
  credentials: 3,
  /** The source is missing, unreadable, or a directory without -r. */
  source: 4,
  /** All retries failed; the same command may succeed later. */
  temporary: 5,
  /** The verification failed, or the source changed during the upload. */
  integrity: 6,
  /** Another process is uploading to the same key, or runs an emulator over the same data directory. */
  locked: 7,
  /** COS may or may not hold the object, and the check for it failed. */
  unknown: 8,
  interrupted: 130,
  terminated: 143,
} as const;

/** The exit code of each error code of the client. */
export const EXIT_BY_CODE = {
  "access-denied": EXIT.credentials,
  "credentials-expired": EXIT.credentials,
  // The clock of this machine makes the signature invalid. Like credentials, the user has to correct it.
  "clock-skewed": EXIT.credentials,
  "not-found": EXIT.failed,
  conflict: EXIT.failed,
  "precondition-failed": EXIT.failed,
  "invalid-request": EXIT.failed,
  throttled: EXIT.temporary,
  "service-unavailable": EXIT.temporary,
  "unexpected-response": EXIT.temporary,
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
  // Of downloads.
  "target-exists": EXIT.failed,
  "target-unwritable": EXIT.failed,
  // Only runtimes that limit the number of requests report it; Node does not.
  "subrequests-exhausted": EXIT.failed,
  "client-closed": EXIT.failed,
} as const satisfies Record<CosErrorCode, number>;
