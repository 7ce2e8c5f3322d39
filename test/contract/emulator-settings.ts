import type { Settings } from "./contract.ts";
import type { FaultInstruction } from "./fault-instruction.ts";
import { downloadFaultScript } from "./fixtures/download-faults.ts";

/** The options of the emulator that a runner starts, and the settings that a rig gets. */
export interface EmulatorSetup {
  /** Smaller than COS's, for parts of simulated megabytes. */
  readonly minPartSize: number;
  readonly buckets: readonly string[];
  readonly credentials: readonly {
    readonly secretId: string;
    readonly secretKey: string;
    readonly token?: string;
    readonly expiresAt?: number;
  }[];
  /** What happens to requests of keys that no case uses by chance. */
  readonly faults: readonly FaultInstruction[];
}

/** Keys whose bytes never arrive as they are stored, or without their CRC64: prefixes for `rig.uniqueKey`. */
export const FAULTY_KEYS = {
  ended: "ends-early",
  reset: "is-reset",
  changed: "is-changed",
  unchecked: "has-no-crc64",
} as const;

/** More than the head of any response. */
const HALFWAY = 50_000;

const BUCKET = "contract-1250000000";
const OTHER_BUCKET = "contract-other-1250000000";
const VERSIONED_BUCKET = "contract-versioned-1250000000";
const PERMANENT = { secretId: "AKIDcontract", secretKey: "secretOfTheContractSuite" };
// The special characters of base64, which break when a token is not encoded.
const TEMPORARY = {
  secretId: "AKIDtemporary",
  secretKey: "secretOfAnHour",
  token: "session+token/with==signs",
};
const EXPIRED = { secretId: "AKIDexpired", secretKey: "secretOfYesterday", token: "token-of-yesterday" };

const readFault = { op: "GetObject", times: "forever" } as const;

export const emulatorSetup: EmulatorSetup = {
  minPartSize: 64 * 1024,
  buckets: [BUCKET, OTHER_BUCKET, VERSIONED_BUCKET],
  credentials: [PERMANENT, TEMPORARY, { ...EXPIRED, expiresAt: 1 }],
  faults: [
    {
      ...readFault,
      match: { key: `contract/${FAULTY_KEYS.ended}-*` },
      when: `after-${HALFWAY}-bytes-of-response`,
      fault: "fin",
    },
    {
      ...readFault,
      match: { key: `contract/${FAULTY_KEYS.reset}-*` },
      when: `after-${HALFWAY}-bytes-of-response`,
      fault: "reset",
    },
    {
      ...readFault,
      match: { key: `contract/${FAULTY_KEYS.changed}-*` },
      when: "after-commit-before-response",
      fault: { kind: "flip-response", at: HALFWAY },
    },
    {
      ...readFault,
      match: { key: `contract/${FAULTY_KEYS.unchecked}-*` },
      when: "after-commit-before-response",
      fault: { kind: "crc64", value: "missing" },
    },
    ...downloadFaultScript,
  ],
};

/** @param url of the running emulator */
export function settingsFor(url: string, untrusted: Settings["untrusted"]): Settings {
  return {
    untrusted,
    endpoint: `${url}/{Bucket}`,
    Region: "ap-guangzhou",
    Bucket: BUCKET,
    otherBucket: OTHER_BUCKET,
    versionedBucket: VERSIONED_BUCKET,
    permanent: PERMANENT,
    temporary: TEMPORARY,
    expired: EXPIRED,
  };
}
