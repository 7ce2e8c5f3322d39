import { CosErrorResponse } from "../errors.ts";

/** A canned ACL with additional grants. */
export interface Acl {
  readonly canned: string;
  readonly grants: readonly (readonly [permission: string, grantee: string])[];
  /** The grants came as a document, which is the whole list: the owner has no grant besides. */
  readonly complete?: true;
}

export const PRIVATE: Acl = { canned: "default", grants: [] };

const CANNED = {
  object: ["default", "private", "public-read", "public-read-write"],
  bucket: ["private", "public-read", "public-read-write"],
} as const;

const GRANT_HEADERS = [
  ["x-cos-grant-read", "READ"],
  ["x-cos-grant-write", "WRITE"],
  ["x-cos-grant-read-acp", "READ_ACP"],
  ["x-cos-grant-write-acp", "WRITE_ACP"],
  ["x-cos-grant-full-control", "FULL_CONTROL"],
] as const;

/** Reads the ACL headers of a write. Undefined: there is none. */
export function aclFrom(headers: ReadonlyMap<string, string>, kind: keyof typeof CANNED): Acl | undefined {
  const canned = headers.get("x-cos-acl");
  if (canned !== undefined && !(CANNED[kind] as readonly string[]).includes(canned)) {
    throw new CosErrorResponse("InvalidArgument", `The ACL ${JSON.stringify(canned)} is not valid.`);
  }
  const grants = GRANT_HEADERS.flatMap(([header, permission]) =>
    parseGrantees(headers.get(header)).map((grantee) => [permission, grantee] as const),
  );
  if (canned === undefined && grants.length === 0) return undefined;
  return { canned: canned ?? PRIVATE.canned, grants };
}

/** Whether anonymous requests may read. */
export function isPublic(acl: Acl): boolean {
  return acl.canned === "public-read" || acl.canned === "public-read-write";
}

// `id="100000000001"`, `uin="…"`, or the long `id="qcs::cam::uin/A:uin/B"`, separated by commas.
function parseGrantees(header: string | undefined): string[] {
  if (header === undefined) return [];
  return header.split(",").map((item) => {
    const match = /^\s*(?:id|uin)="([^"]+)"\s*$/.exec(item);
    if (!match?.[1]) throw new CosErrorResponse("InvalidArgument", "The grantee is not valid.");
    return match[1];
  });
}
