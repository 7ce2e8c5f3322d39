import { afterAll, beforeAll } from "vitest";
import type { EmulatorCredentials, PolicyStatement } from "../../src/index.ts";
import { exchangeS3, type S3Ask, signS3 } from "../aws4-requests.ts";
import { type Ask, BUCKET, KEYS, type Rig, startRig } from "../rig.ts";

const RESOURCE = `qcs::cos:ap-guangzhou:uid/1250000000:${BUCKET}`;
export const TEMPORARY = { secretId: "AKIDtmp", secretKey: "tmp" };
const credentials: EmulatorCredentials[] = [KEYS];
export let rig: Rig;

/** Starts an emulator for the test file that calls this; test files share this module. */
export function usePolicyRig(): void {
  beforeAll(async () => {
    rig = await startRig({ credentials, buckets: [BUCKET, "other-1250000000"], minPartSize: 1 });
    for (const path of ["/doc/a", "/secret/a"]) await rig.ask({ method: "PUT", path, body: path });
  });
  afterAll(() => rig.stop());
}

/** The temporary key may do this, and nothing else. */
export function may(
  action: string | string[],
  keys: string | string[],
  condition?: PolicyStatement["condition"],
): void {
  const resource = [keys].flat().map((key) => `${RESOURCE}/${key}`);
  const statement = { effect: "allow", action, resource, ...(condition && { condition }) } as const;
  credentials[1] = { ...TEMPORARY, policy: { version: "2.0", statement } };
}

export async function ask(what: Ask): Promise<string | number> {
  const response = await rig.ask({ ...what, sign: { ...TEMPORARY, ...what.sign } });
  return response.code ?? response.status;
}

export async function askS3(what: S3Ask): Promise<string | number> {
  const request = { ...what, sign: { ...TEMPORARY, ...what.sign } };
  const response = await exchangeS3(rig.port, request, signS3(request, rig.nowMs));
  return response.code ?? response.status;
}

export const readSecret = async (): Promise<string> =>
  (await rig.ask({ method: "GET", path: "/secret/a" })).text;
