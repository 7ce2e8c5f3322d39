/** An element: text, or child elements by name. */
export type XmlNode = string | XmlElement;
export interface XmlElement {
  readonly [name: string]: XmlNode | readonly XmlNode[] | undefined;
}

/** A document: the name of its root element, and that element; `{}` when it has no child elements. */
export interface XmlDocument {
  readonly root: string;
  readonly element: XmlElement;
}

/** Parses one document; undefined when the text is not one. COS may send white space before it, to keep a connection alive. */
export type ReadXml = (text: string) => XmlDocument | undefined;

/** The text from its first tag on; undefined when it cannot be a document. */
export function fromFirstTag(text: string): string | undefined {
  const start = text.indexOf("<");
  if (start === -1 || text.slice(0, start).trim() !== "") return undefined;
  // COS declares no document type; one that does is refused, and with it every entity that it could declare.
  return text.includes("<!DOCTYPE") ? undefined : text.slice(start);
}

/** The text of a child element, or undefined when it is absent or not text. */
export function textOf(element: XmlElement, name: string): string | undefined {
  const node = Object.hasOwn(element, name) ? element[name] : undefined;
  return typeof node === "string" ? decodePredefined(node) : undefined;
}

export function numberOf(element: XmlElement, name: string): number | undefined {
  const text = textOf(element, name)?.trim();
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

export function booleanOf(element: XmlElement, name: string): boolean {
  return textOf(element, name)?.trim().toLowerCase() === "true";
}

/** All child elements of one name: none, one or many look the same to the caller. */
export function elementsOf(element: XmlElement, name: string): XmlElement[] {
  const node = Object.hasOwn(element, name) ? element[name] : undefined;
  const nodes: readonly unknown[] = Array.isArray(node) ? node : [node];
  return nodes.filter(isElement);
}

export function isElement(value: unknown): value is XmlElement {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const PREDEFINED: Readonly<Record<string, string>> = { quot: '"', amp: "&", lt: "<", gt: ">", apos: "'" };

/** The five predefined entities and character references: what a conforming writer needs for any key. */
function decodePredefined(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|([a-z]{2,4}));/g, (whole, hex, decimal, name) => {
    if (name !== undefined) return PREDEFINED[name] ?? whole;
    const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}
