import type { Settings } from "./contract.ts";

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
}

const BUCKET = "contract-1250000000";
const OTHER_BUCKET = "contract-other-1250000000";
const PERMANENT = { secretId: "AKIDcontract", secretKey: "secretOfTheContractSuite" };
// The special characters of base64, which break when a token is not encoded.
const TEMPORARY = {
  secretId: "AKIDtemporary",
  secretKey: "secretOfAnHour",
  token: "session+token/with==signs",
};
const EXPIRED = { secretId: "AKIDexpired", secretKey: "secretOfYesterday", token: "token-of-yesterday" };

export const emulatorSetup: EmulatorSetup = {
  minPartSize: 64 * 1024,
  buckets: [BUCKET, OTHER_BUCKET],
  credentials: [PERMANENT, TEMPORARY, { ...EXPIRED, expiresAt: 1 }],
};

/** @param url of the running emulator */
export function settingsFor(url: string): Settings {
  return {
    endpoint: `${url}/{Bucket}`,
    Region: "ap-guangzhou",
    Bucket: BUCKET,
    otherBucket: OTHER_BUCKET,
    permanent: PERMANENT,
    temporary: TEMPORARY,
    expired: EXPIRED,
  };
}
