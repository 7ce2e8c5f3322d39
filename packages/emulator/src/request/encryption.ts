import { createHash, randomBytes } from "node:crypto";
import { CosErrorResponse } from "../errors.ts";

/** The declared encryption of an object. The emulator checks and keeps the headers; it encrypts nothing. */
export type Encryption =
  | { readonly kind: "cos"; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: "kms"; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: "customer"; readonly headers: Readonly<Record<string, string>> };

const SERVER = "x-cos-server-side-encryption";
const CUSTOMER = `${SERVER}-customer`;
const COPY_SOURCE_CUSTOMER = "x-cos-copy-source-server-side-encryption-customer";

/** Reads and checks the encryption headers of a write. */
export function encryptionFrom(headers: ReadonlyMap<string, string>): Encryption | undefined {
  const customer = customerKey(headers, CUSTOMER);
  const server = headers.get(SERVER);
  if (customer !== undefined && server !== undefined) {
    throw invalid("Only one kind of server-side encryption may be requested.");
  }
  if (customer !== undefined) {
    const echoed = { [`${CUSTOMER}-algorithm`]: "AES256", [`${CUSTOMER}-key-md5`]: customer };
    return { kind: "customer", headers: echoed };
  }
  if (server === undefined) return undefined;
  if (server === "AES256") return { kind: "cos", headers: { [SERVER]: server } };
  if (server !== "cos/kms") throw invalid("The encryption method specified is not supported.");
  const keyId = headers.get(`${SERVER}-cos-kms-key-id`);
  return {
    kind: "kms",
    headers: { [SERVER]: server, ...(keyId !== undefined && { [`${SERVER}-cos-kms-key-id`]: keyId }) },
  };
}

/** Refuses a request that does not send the customer key of an object or upload, or sends one without need. */
export function checkCustomerKey(
  encryption: Encryption | undefined,
  headers: ReadonlyMap<string, string>,
  role: "target" | "copy source" = "target",
): void {
  const offered = customerKey(headers, role === "target" ? CUSTOMER : COPY_SOURCE_CUSTOMER);
  const wanted = encryption?.kind === "customer" ? encryption.headers[`${CUSTOMER}-key-md5`] : undefined;
  if (offered !== wanted) throw invalid("The object was stored using a different form of encryption.");
}

/** The ETag of bytes written in one request: their MD5, except under KMS and customer keys. */
export function etagOf(md5: Buffer, encryption: Encryption | undefined): string {
  if (encryption === undefined || encryption.kind === "cos") return md5.toString("hex");
  return createHash("md5").update(md5).update(randomBytes(16)).digest("hex");
}

/** The MD5 of the customer key. Throws if its three headers do not match each other. */
function customerKey(headers: ReadonlyMap<string, string>, prefix: string): string | undefined {
  const algorithm = headers.get(`${prefix}-algorithm`);
  const key = headers.get(`${prefix}-key`);
  const md5 = headers.get(`${prefix}-key-md5`);
  if (algorithm === undefined && key === undefined && md5 === undefined) return undefined;
  const bytes = Buffer.from(key ?? "", "base64");
  const digest = createHash("md5").update(bytes).digest("base64");
  if (algorithm !== "AES256" || bytes.length !== 32 || digest !== md5) {
    throw invalid("The calculated MD5 hash of the key did not match the hash that was provided.");
  }
  return digest;
}

function invalid(message: string): CosErrorResponse {
  return new CosErrorResponse("InvalidArgument", message);
}
