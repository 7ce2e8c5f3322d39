import type { Credentials } from "@cosup/node";
import { CredentialsError } from "../credentials.ts";
import { readTemporaryKeys } from "./temporary-keys.ts";

const METADATA_URL = "http://metadata.tencentyun.com";
const PATH = "/latest/meta-data/cam/security-credentials/";
const TIMEOUT_MS = 5_000;

/**
 * Asks the metadata server of a CVM instance for the temporary keys of a role that is bound to the instance.
 * @param server another one, for tests (`COSUP_METADATA_URL`)
 * @throws {CredentialsError} there is no such server, which is so outside Tencent Cloud, or no such role
 */
export async function keysOfRole(
  role: string,
  server = METADATA_URL,
  timeoutMs = TIMEOUT_MS,
): Promise<Credentials> {
  if (!URL.canParse(server))
    throw new CredentialsError("COSUP_METADATA_URL must be the URL of a metadata server, as http://host");
  const url = new URL(PATH + encodeURIComponent(role), server);
  const source = `the role '${role}' of this CVM instance`;
  const signal = AbortSignal.timeout(timeoutMs);
  const { status, text } = await fetch(url, { redirect: "error", signal })
    .then(async (response) => ({ status: response.status, text: await response.text() }))
    .catch((error: unknown) => {
      const reason = signal.aborted ? `no response within ${timeoutMs / 1000} s` : reasonOf(error);
      throw new CredentialsError(
        `${source}: ${url.host} cannot be reached (${reason}); it exists only inside Tencent Cloud`,
      );
    });
  if (status === 404)
    throw new CredentialsError(`${source}: ${url.host} knows no such role; bind it to the instance`);
  if (status !== 200) throw new CredentialsError(`${source}: ${url.host} responded with status ${status}`);
  return readTemporaryKeys(text, `the response of ${url.host} for ${source}`);
}

/** fetch() says only that it failed; its cause says why. */
function reasonOf(error: unknown): string {
  const { cause } = error as Error;
  return cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : String(error);
}
