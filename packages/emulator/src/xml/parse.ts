import { XMLParser, XMLValidator } from "fast-xml-parser";
import { CosErrorResponse } from "../errors.ts";

// Entities are decoded below: the parser limits their number, and a Complete of 10000 parts contains 20000.
const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  processEntities: false,
  trimValues: true,
  isArray: (name) => LISTS.has(name),
});
const LISTS: ReadonlySet<string> = new Set([
  "Part",
  "Object",
  "Tag",
  "Grant",
  "CORSRule",
  "Rule",
  "AllowedOrigin",
  "AllowedMethod",
  "AllowedHeader",
  "ExposeHeader",
]);

/** Parses a request document and returns the content of its root, or throws MalformedXML. */
export function parseDocument(text: string, root: string): unknown {
  const content = child(parse(text), root);
  if (content === undefined) throw malformed();
  return content;
}

function parse(text: string): unknown {
  // A document type could define entities. No COS request has one.
  if (/<!DOCTYPE/i.test(text)) throw malformed();
  try {
    if (XMLValidator.validate(text) === true) return parser.parse(text);
  } catch {
    // The parser refuses deep documents, and names like `__proto__`, in this way.
  }
  throw malformed();
}

/** A child element's content, or undefined. */
export function child(node: unknown, name: string): unknown {
  if (typeof node !== "object" || node === null || !Object.hasOwn(node, name)) return undefined;
  return (node as Record<string, unknown>)[name];
}

/** The children of a repeated element. */
export function children(node: unknown, name: string): readonly unknown[] {
  const found = child(node, name);
  return Array.isArray(found) ? found : [];
}

/** A child element's text, or undefined if it is absent or holds elements. */
export function textOf(node: unknown, name: string): string | undefined {
  const found = child(node, name);
  return typeof found === "string" ? decodeEntities(found) : undefined;
}

/** The texts of a repeated element. Throws MalformedXML if one of them holds elements. */
export function textsOf(node: unknown, name: string): readonly string[] {
  return children(node, name).map((found) => {
    if (typeof found !== "string") throw malformed();
    return decodeEntities(found);
  });
}

export function malformed(): CosErrorResponse {
  return new CosErrorResponse("MalformedXML", "The XML you provided was not well-formed.");
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function decodeEntities(text: string): string {
  return text.replace(/&(#x?[0-9a-fA-F]+|\w+);/g, (whole, name: string) => {
    if (!name.startsWith("#")) return NAMED[name] ?? whole;
    const code = name[1] === "x" ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
