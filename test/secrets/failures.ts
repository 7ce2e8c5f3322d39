import type { CosOptions } from "@cosup/core";
import type { Fault, Instruction, OperationName, When } from "@cosup/emulator";

/** Credentials as a client is given them. */
export interface Keys {
  readonly SecretId: string;
  readonly SecretKey: string;
  readonly Token: string;
}

/** One way in which every request of a client fails. */
export interface Failure {
  readonly script?: readonly Instruction[];
  /** Options of its client in addition to the keys, or in place of them. */
  options?(keys: Keys): CosOptions;
  /** Calls may succeed under it, because the client repairs or retries. */
  readonly mends?: true;
  /** Deadlines have to pass. */
  readonly stalls?: true;
}

const always = (
  fault: Fault,
  when: When = "before-accept",
  ops: readonly (OperationName | "*")[] = ["*"],
) => ({
  script: ops.map((op): Instruction => ({ op, when, fault, times: "forever" })),
});

const AFTER_COMMIT: When = "after-commit-before-response";

/** Examples of every kind of failure that a call can have. */
export const FAILURES: Readonly<Record<string, Failure>> = {
  "no failure": { mends: true },
  // Refusals of the credentials. The document of the first contains the string to sign.
  "a wrong secret": { options: ({ SecretKey }) => ({ SecretKey: `${SecretKey}x` }) },
  "an unknown id": { options: ({ SecretId }) => ({ SecretId: SecretId.replace("@", "x@") }) },
  "a wrong token": { options: ({ Token }) => ({ Token: `${Token}x` }) },
  "no token": { options: () => ({ Token: undefined }) },
  "expired credentials": always({ kind: "status", code: "ExpiredToken" }),
  "a provider whose credentials expire": {
    ...always({ kind: "status", code: "ExpiredToken" }),
    options: (keys) => ({
      SecretId: undefined,
      SecretKey: undefined,
      Token: undefined,
      credentials: () => ({ ...keys, expiresAt: Date.now() + 1000 }),
    }),
  },
  "a skewed clock": always({ kind: "status", code: "RequestTimeTooSkewed" }),
  "a skewed clock that is put right": { ...always({ kind: "clock-skew", seconds: 3600 }), mends: true },
  "a denied action": always({ kind: "deny" }),
  // No response.
  "a refused connection": { options: () => ({ Endpoint: "http://127.0.0.1:1/{Bucket}" }) },
  "a name that does not resolve": { options: () => ({ Endpoint: "http://cos.invalid/{Bucket}" }) },
  "a reset": always({ kind: "reset" }),
  "a reset half-way": always({ kind: "reset" }, "after-0-bytes-of-response"),
  "an end": always({ kind: "fin" }),
  silence: { ...always({ kind: "silence" }), options: () => ({ maxAttempts: 1 }), stalls: true },
  // Responses that are not COS's.
  "failures of the service": always({ kind: "status", status: 500 }),
  "too many requests": always({ kind: "status", code: "SlowDown", retryAfter: 1 }),
  "a page of a proxy": always({ kind: "status", status: 502, requestId: false, body: "html" }),
  "a refusal by a proxy": always({ kind: "status", status: 407, requestId: false, body: "html" }),
  "an empty refusal": always({ kind: "status", status: 400, body: "empty" }),
  "a redirect": always({ kind: "redirect", location: "http://127.0.0.1:1/elsewhere" }),
  "malformed XML": always({ kind: "body", type: "garbage" }, AFTER_COMMIT),
  "a captive portal": always({ kind: "body", type: "html" }, AFTER_COMMIT),
  "a wrong checksum": always({ kind: "crc64", value: "wrong" }, AFTER_COMMIT, ["PutObject", "UploadPart"]),
  "a missing ETag": always({ kind: "etag", value: "missing" }, AFTER_COMMIT, ["PutObject", "UploadPart"]),
  "a part that is refused": {
    script: [
      { op: "UploadPart", match: { part: 3 }, when: "before-headers", fault: "deny", times: "forever" },
    ],
  },
  "a lost Complete that cannot be settled": {
    script: [
      { op: "CompleteMultipartUpload", when: AFTER_COMMIT, fault: "reset", times: "forever" },
      { op: "HeadObject", when: "before-headers", fault: "deny", times: "forever" },
    ],
  },
};
