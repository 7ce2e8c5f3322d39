import type { ManifestEntry } from "../manifest/entry.ts";
import { initialHeadersOf } from "./object-parameters.ts";
import type { FoundObject } from "./stored-object.ts";

/** Headers that HEAD shows exactly as they were stored, besides the Content-Type, which COS infers when none is given. */
const DESCRIPTIVE = /^(cache-control|content-(disposition|encoding|language)|expires|x-cos-meta-.+)$/;

/** Whether HEAD shows a header, with its name in lower case, as it was stored; the Content-Type apart. */
export function isDescriptive(name: string): boolean {
  return DESCRIPTIVE.test(name);
}

/**
 * Whether an object has exactly the headers that an entry asks for, as far as HEAD shows them. One that HEAD cannot show, an
 * ACL for one, makes it false.
 */
export function hasHeaders({ headers: shown }: Pick<FoundObject, "headers">, entry: ManifestEntry): boolean {
  const { ContentType, Metadata, headers } = initialHeadersOf(entry);
  const asked: Record<string, string> = { ...headers };
  for (const [name, value] of Object.entries(Metadata ?? {})) asked[name] = asSent(value);
  if (ContentType !== undefined) asked["content-type"] = ContentType;
  const isRight = Object.entries(asked).every(([name, value]) => shown[name] === value.trim());
  return isRight && Object.keys(shown).every((name) => !isDescriptive(name) || name in asked);
}

/** `@cosup/node` encodes metadata that is not ASCII. */
function asSent(value: string): string {
  return /^[\x20-\x7e]*$/.test(value) ? value : value.replace(/[^\x20-\x7e]+|%/g, encodeURIComponent);
}
