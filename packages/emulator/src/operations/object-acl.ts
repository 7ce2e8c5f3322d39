import { type Acl, aclFrom } from "../request/acl.ts";
import { receiveDocument } from "../request/receive.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { type Content, child, children, holdsOnly, malformed, wordOf } from "../xml/parse.ts";
import { element, type Markup } from "../xml/render.ts";
import { amendObject, requireObject } from "./object-access.ts";
import { empty, xml } from "./respond.ts";

/** GET /{key}?acl */
export async function getObjectAcl(call: Call): Promise<EmulatorResponse> {
  return xml(policy(call, requireObject(call).acl), { "x-cos-acl": requireObject(call).acl.canned });
}

/** GET /?acl */
export async function getBucketAcl(call: Call): Promise<EmulatorResponse> {
  const { acl } = call.bucket.record;
  return xml(policy(call, acl), { "x-cos-acl": acl.canned === "default" ? "private" : acl.canned });
}

/** PUT /{key}?acl: sets the ACL from the headers or, without ACL headers, from a document. */
export async function putObjectAcl(call: Call): Promise<EmulatorResponse> {
  requireObject(call);
  const acl =
    aclFrom(call.headers, "object") ?? aclFromDocument(await receiveDocument(call, "AccessControlPolicy"));
  await amendObject(call, (present) => ({ ...present, acl }));
  return empty(200);
}

const EVERYONE = "http://cam.qcloud.com/groups/global/AllUsers";

function policy(call: Call, acl: Acl): Markup {
  const everyone = groupPermissions(acl).map((permission) =>
    grant([element("URI", EVERYONE)], "Group", permission),
  );
  const implied = acl.complete ? [] : [["FULL_CONTROL", call.owner] as const];
  const grants = [...implied, ...acl.grants];
  const named = (list: typeof grants): Markup[] =>
    list.map(([permission, id]) => grant(partyOf(id), "CanonicalUser", permission));
  const own = grants.filter(([, id]) => id === call.owner);
  const others = grants.filter(([, id]) => id !== call.owner);
  return element("AccessControlPolicy", [
    element("Owner", partyOf(call.owner)),
    element("AccessControlList", [...named(own), ...everyone, ...named(others)]),
  ]);
}

function partyOf(id: string): Markup[] {
  return [element("ID", id), element("DisplayName", id)];
}

/** What the canned ACL lets everyone do. */
function groupPermissions({ canned }: Acl): readonly string[] {
  if (canned === "public-read-write") return ["READ", "WRITE"];
  return canned === "public-read" ? ["READ"] : [];
}

function grant(grantee: readonly Markup[], type: string, permission: string): Markup {
  const attributes = `xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="${type}"`;
  return element("Grant", [element(`Grantee ${attributes}`, grantee), element("Permission", permission)]);
}

/** Reads an AccessControlPolicy document. Grants to everyone become a canned ACL. */
export function aclFromDocument(root: Content): Acl {
  const list = child(root, "AccessControlList");
  if (list === undefined) throw malformed();
  holdsOnly(list, ["Grant"]);
  const grants = children(list, "Grant").map((node) => {
    const grantee = child(node, "Grantee");
    const permission = wordOf(node, "Permission");
    const id = wordOf(grantee, "ID") ?? wordOf(grantee, "URI");
    if (!permission || !id) throw malformed();
    return [permission, id] as const;
  });
  const everyone = grants.filter(([, id]) => id === EVERYONE).map(([permission]) => permission);
  const named = grants.filter(([, id]) => id !== EVERYONE);
  const readable = everyone.includes("WRITE") ? "public-read-write" : "public-read";
  return { canned: everyone.includes("READ") ? readable : "private", grants: named, complete: true };
}
