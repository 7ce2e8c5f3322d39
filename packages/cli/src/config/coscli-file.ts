import { createDecipheriv } from "node:crypto";
import { CredentialsError, type Environment } from "../credentials.ts";
import { ConfigError } from "./config-error.ts";
import { keysOfRole } from "./cvm-role.ts";
import { AskedCredentials, type FoundKeys } from "./key-source.ts";

/** What coscli 1.0 writes; everything may be missing in a file that somebody has edited. */
interface CoscliFile {
  readonly cos?: {
    readonly base?: Readonly<Record<string, unknown>> | null;
    readonly buckets?: readonly Readonly<Record<string, unknown>>[] | null;
  } | null;
}

/** coscli's own fixed key, filled up with zeros: it hides keys from a glance, and from nobody else. */
const FIXED_KEY = Buffer.from("coscli-secret".padEnd(16, "\0"));

/**
 * The keys in the text of `~/.cos.yaml`, and the region of the bucket; undefined if it has none.
 * @throws {ConfigError} it is no YAML
 * @throws {CredentialsError} the keys are encrypted in a way that this program does not know
 */
export async function readCoscli(
  text: string,
  origin: string,
  { bucket, env }: { readonly bucket: string | undefined; readonly env: Environment },
): Promise<FoundKeys | undefined> {
  const { cos } = await parseYaml(text, origin);
  const base = cos?.base ?? {};
  const region = regionOf(cos?.buckets ?? [], bucket);
  if (base.mode === "CvmRole" && typeof base.cvmrolename === "string" && base.cvmrolename !== "") {
    const role = base.cvmrolename;
    const server = env.COSUP_METADATA_URL || undefined;
    return { keys: { origin, asked: new AskedCredentials(() => keysOfRole(role, server)) }, region };
  }
  const plain = (name: string): string | undefined => decrypted(base[name], origin);
  const [SecretId, SecretKey, Token] = [plain("secretid"), plain("secretkey"), plain("sessiontoken")];
  if (SecretId === undefined && SecretKey === undefined) return undefined;
  if (SecretId === undefined || SecretKey === undefined)
    throw new CredentialsError(
      `${origin} has no ${SecretId === undefined ? "secretid" : "secretkey"}: both are required`,
    );
  return { keys: { origin, pair: { SecretId, SecretKey, Token } }, region };
}

async function parseYaml(text: string, origin: string): Promise<CoscliFile> {
  const { parseDocument } = await import("./parse-document.ts");
  const document = parseDocument(text, { prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = text.slice(0, error.pos[0]).split("\n").length;
    // Without the message, which may quote the file.
    throw new ConfigError(
      `${origin} is not YAML, line ${line} (${error.code.toLowerCase().replaceAll("_", " ")})`,
    );
  }
  const value: unknown = document.toJS({ maxAliasCount: 10 });
  return typeof value === "object" && value !== null ? value : {};
}

/** coscli encrypts what it writes, unless `disableencryption` is true; a value that does not look so is taken as it is. */
function decrypted(value: unknown, origin: string): string | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  const bytes = Buffer.from(value, "base64");
  if (bytes.length === 0 || bytes.length % 16 !== 0 || bytes.toString("base64") !== value) return value;
  const decipher = createDecipheriv("aes-128-ecb", FIXED_KEY, null).setAutoPadding(false);
  const plain = Buffer.concat([decipher.update(bytes), decipher.final()])
    .toString("latin1")
    .replace(/\0+$/, "");
  if (/^[\x21-\x7e]*$/.test(plain)) return plain || undefined;
  // A token in base64 may by chance have such a length. Keys of Tencent Cloud never have it.
  if (value.length > 64) return value;
  throw new CredentialsError(
    `${origin} has keys that are encrypted in a way that cosup does not know: run cosup config init, or set COS_SECRET_ID and COS_SECRET_KEY`,
  );
}

/** The region of the bucket, or that of all buckets if they have the same. */
function regionOf(
  buckets: readonly Readonly<Record<string, unknown>>[],
  bucket: string | undefined,
): string | undefined {
  if (!Array.isArray(buckets)) return undefined;
  const known = buckets.map((each) => ({ name: each?.name, region: regionIn(each) }));
  const own = known.find(({ name }) => name === bucket)?.region;
  const [first, ...others] = new Set(known.map(({ region }) => region));
  return own ?? (others.length === 0 ? first : undefined);
}

function regionIn(bucket: Readonly<Record<string, unknown>> | null): string | undefined {
  if (typeof bucket?.region === "string" && bucket.region !== "") return bucket.region;
  const endpoint = typeof bucket?.endpoint === "string" ? bucket.endpoint : "";
  return /^(?:https?:\/\/)?cos\.([\w-]+)\.myqcloud\.com$/.exec(endpoint)?.[1];
}
