import type { RunningEmulator } from "@cosup/emulator";
import { visible } from "../display/visible.ts";
import { reachableUrl } from "./emulator-address.ts";
import type { EmulatorKey } from "./emulator-keys.ts";
import { describeLink } from "./emulator-link.ts";

export interface BannerFacts {
  readonly key: EmulatorKey;
  /** Undefined: in memory. */
  readonly data: string | undefined;
  /** With TLS, the path of the certificate that clients must trust. */
  readonly authority: string | undefined;
  /** Whether fault scripts can be installed. */
  readonly faults: boolean;
}

/** What a user needs to connect. A key pair that the user gave is not repeated: the output may go to a log. */
export function banner(running: RunningEmulator, { key, data, authority, faults }: BannerFacts): string[] {
  const { secretId, secretKey } = key.credentials;
  const token = key.credentials.token === undefined ? "" : " COS_TOKEN=…";
  const pair = `COS_SECRET_ID=${secretId} COS_SECRET_KEY=${secretKey}${token}`;
  const [id, secret] = key.given ? ["…", "…"] : [secretId, secretKey];
  const url = reachableUrl(running.url);
  const endpoint = `${url}/{Bucket}`;
  const [protocol = "", place = ""] = url.split("//");
  // Only from this machine, as the console.
  const control = running.consoleUrl?.split("/_cosup/")[0] ?? running.url;
  const trust = authority === undefined ? "" : ` NODE_EXTRA_CA_CERTS=${authority}`;
  return [
    `cosup emulator listening on ${running.url} (${running.buckets.join(", ")})`,
    `  endpoint  ${endpoint}`,
    `  data      ${data === undefined ? "in memory, gone when it stops" : visible(data)}`,
    ...(authority === undefined ? [] : [`  trust     ${authority}`]),
    ...(running.link === undefined ? [] : [`  link      ${describeLink(running.link)}`]),
    `  keys      ${key.given ? "those that you gave" : pair}`,
    // Without a pair that it does not print: who runs this line keeps the variables that are set.
    // A copy inside COS names its source with a region.
    `  cosup     export ${key.given ? "" : `${pair} `}COS_ENDPOINT='${endpoint}'${trust} COS_REGION=${running.clientOptions.Region}`,
    `  Node SDK  new COS({ SecretId: "${id}", SecretKey: "${secret}", Protocol: "${protocol}", Ip: "${place}" })${trust === "" ? "" : ` // run node with${trust}`}`,
    ...(running.consoleUrl === undefined ? [] : [`  console   ${running.consoleUrl}`]),
    ...(faults || running.link !== undefined
      ? [
          `control API ${control}/_cosup/${faults ? "faults/{run}" : "link"} (x-cosup-token: ${running.controlToken})`,
        ]
      : []),
  ];
}
