import { CosErrorResponse } from "../errors.ts";
import { headerValueOf } from "../request/headers.ts";
import type { Query } from "../request/query.ts";
import { copySourceForCos } from "./copy-source.ts";

/** S3 headers that COS has with another prefix. A name that ends in a hyphen stands for all that begin with it. */
const RENAMED = [
  "acl",
  "copy-source",
  "copy-source-if-",
  "copy-source-range",
  "copy-source-server-side-encryption-customer-",
  "grant-",
  "meta-",
  "metadata-directive",
  "security-token",
  "server-side-encryption",
  "server-side-encryption-",
  "storage-class",
  "tagging",
  "tagging-directive",
  "website-redirect-location",
] as const;

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;
const S3 = "x-amz-";
const COS = "x-cos-";
const KMS_KEY = "server-side-encryption-aws-kms-key-id";

/** Values with another spelling. */
const VALUES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "x-cos-metadata-directive": { COPY: "Copy", REPLACE: "Replaced" },
  "x-cos-tagging-directive": { COPY: "Copy", REPLACE: "Replaced" },
  "x-cos-server-side-encryption": { "aws:kms": "cos/kms" },
};

/**
 * The headers of an S3 request with COS's names and values. A header that is there with COS's name is not replaced;
 * other x-amz-* headers stay and have no effect. Presigned URLs carry such headers as parameters.
 */
export function headersFromS3(
  headers: ReadonlyMap<string, string>,
  query: Query,
  region: string,
): Map<string, string> {
  const all = new Map([...hoistedHeaders(query), ...headers]);
  const translated = new Map(all);
  for (const [name, value] of all) {
    const cosName = cosNameOf(name);
    if (cosName === undefined || headers.has(cosName)) continue;
    translated.delete(name);
    translated.set(
      cosName,
      cosName === "x-cos-copy-source" ? copySourceForCos(value, region) : spelled(cosName, value),
    );
  }
  return translated;
}

/** The x-amz-* parameters, as headers. */
export function* hoistedHeaders(query: Query): Generator<[name: string, value: string]> {
  for (const name of query.names()) {
    const text = name.toLowerCase().startsWith(S3) ? query.get(name) : undefined;
    if (text === undefined) continue;
    const value = headerValueOf(text);
    // A name with a colon or a line break could stand for two headers where names are signed as they are.
    if (value === undefined || !HEADER_NAME.test(name))
      throw new CosErrorResponse("InvalidArgument", `The ${name} is not valid.`);
    yield [name.toLowerCase(), value];
  }
}

function cosNameOf(name: string): string | undefined {
  if (!name.startsWith(S3)) return undefined;
  const rest = name.slice(S3.length);
  if (rest === KMS_KEY) return `${COS}server-side-encryption-cos-kms-key-id`;
  const known = RENAMED.some((row) => (row.endsWith("-") ? rest.startsWith(row) : rest === row));
  return known ? COS + rest : undefined;
}

function spelled(name: string, value: string): string {
  return VALUES[name]?.[value] ?? value;
}
