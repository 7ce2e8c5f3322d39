import type { XMLParser } from "fast-xml-parser";
import { CosErrorResponse } from "../errors.ts";
import { libraries } from "../libraries.ts";
import { decodeEntities } from "./entities.ts";

/**
 * The content of an element: text and elements in their order. Text is exactly that of the document: white space is part
 * of a key.
 */
export type Content = readonly (string | Element)[];

interface Element {
  readonly name: string;
  readonly content: Content;
}

const CDATA = "#cdata";
// Entities are decoded here: the parser limits their number, and a Complete of 10000 parts contains 20000.
const OPTIONS = {
  preserveOrder: true,
  ignoreAttributes: true,
  parseTagValue: false,
  processEntities: false,
  trimValues: false,
  cdataPropName: CDATA,
} as const;

let parser: XMLParser | undefined;

/** Parses a request document and returns the content of its root, or throws MalformedXML. */
export async function parseDocument(text: string, root: string): Promise<Content> {
  const content = child(await parse(text), root);
  if (content === undefined) throw malformed();
  return content;
}

async function parse(text: string): Promise<Content> {
  // A document type could define entities. No COS request has one.
  if (/<!DOCTYPE/i.test(text)) throw malformed();
  const library = await libraries.xml();
  parser ??= new library.XMLParser(OPTIONS);
  try {
    if (library.XMLValidator.validate(text) === true) return contentOf(parser.parse(text));
  } catch {
    // The parser refuses deep documents, and names like `__proto__`, in this way.
  }
  throw malformed();
}

function contentOf(nodes: unknown): Content {
  if (!Array.isArray(nodes)) throw malformed();
  return nodes.flatMap((node: Readonly<Record<string, unknown>>): Content => {
    const [[name, inner] = ["?", undefined]] = Object.entries(node);
    if (name === "#text") return [decodeEntities(String(inner))];
    // In a CDATA section an ampersand is only an ampersand.
    if (name === CDATA) return (inner as { "#text": string }[]).map((part) => part["#text"]);
    return name.startsWith("?") ? [] : [{ name, content: contentOf(inner) }];
  });
}

/** A child element's content, or undefined if there is none. Throws MalformedXML if there are several. */
export function child(node: Content | undefined, name: string): Content | undefined {
  const [found, ...others] = children(node, name);
  if (others.length > 0) throw malformed();
  return found;
}

/** The contents of a repeated child element. */
export function children(node: Content | undefined, name: string): readonly Content[] {
  return elementsOf(node)
    .filter((element) => element.name === name)
    .map((element) => element.content);
}

/** A child element's text, or undefined if there is none. Throws MalformedXML if it is repeated or holds elements. */
export function textOf(node: Content | undefined, name: string): string | undefined {
  const found = child(node, name);
  return found === undefined ? undefined : plainText(found);
}

/** The same without white space around it, which means nothing in numbers and names. */
export function wordOf(node: Content | undefined, name: string): string | undefined {
  return textOf(node, name)?.trim();
}

/** The words of a repeated element. Throws MalformedXML if one of them holds elements. */
export function wordsOf(node: Content | undefined, name: string): readonly string[] {
  return children(node, name).map((found) => plainText(found).trim());
}

/**
 * Throws MalformedXML if there is text, or an element with another name. For documents where an element that is not
 * understood would be a condition that is not met: without it, more would be deleted.
 */
export function holdsOnly(node: Content | undefined, names: readonly string[]): void {
  const text = (node ?? []).filter((part) => typeof part === "string").join("");
  const known = elementsOf(node).every((element) => names.includes(element.name));
  if (!known || text.trim() !== "") throw malformed();
}

function elementsOf(node: Content | undefined): readonly Element[] {
  return (node ?? []).filter((part) => typeof part !== "string");
}

function plainText(content: Content): string {
  if (elementsOf(content).length > 0) throw malformed();
  return content.join("");
}

export function malformed(): CosErrorResponse {
  return new CosErrorResponse("MalformedXML", "The XML you provided was not well-formed.");
}
