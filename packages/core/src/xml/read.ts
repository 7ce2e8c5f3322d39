import { XmlElement as ParsedElement, parseXml } from "@rgrove/parse-xml";

/** An element: text, or child elements by name. */
export type XmlNode = string | XmlElement;
export interface XmlElement {
  readonly [name: string]: XmlNode | readonly XmlNode[] | undefined;
}

/**
 * Parses one document; undefined when it is not one. COS may send white space before it, to keep a connection alive.
 * Entities that the document declares are not expanded: COS declares none, and expansion is how a hostile document
 * turns small into huge. The parser was chosen for its size: another one made half of a Worker's bundle.
 */
export function readXml(document: string): { root: string; element: XmlElement } | undefined {
  const start = document.indexOf("<");
  if (start === -1 || document.slice(0, start).trim() !== "") return undefined;
  try {
    const { root } = parseXml(document.slice(start), { ignoreUndefinedEntities: true });
    if (root === null) return undefined;
    const node = nodeOf(root);
    return { root: root.name, element: isElement(node) ? node : {} };
  } catch {
    // Malformed, or nested deeper than the stack.
    return undefined;
  }
}

/** Child elements by name, or the text of an element that has none. Values stay text: "007" is no number. */
function nodeOf(parsed: ParsedElement): XmlNode {
  const children = parsed.children.filter((child) => child instanceof ParsedElement);
  if (children.length === 0) return parsed.text;
  // Without a prototype, so that an element named __proto__ is nothing special.
  const element: Record<string, XmlNode | XmlNode[]> = Object.create(null);
  for (const child of children) {
    const node = nodeOf(child);
    const earlier = element[child.name];
    if (earlier === undefined) element[child.name] = node;
    else if (Array.isArray(earlier)) earlier.push(node);
    else element[child.name] = [earlier, node];
  }
  return element;
}

/** The text of a child element, or undefined when it is absent or not text. */
export function textOf(element: XmlElement, name: string): string | undefined {
  const node = Object.hasOwn(element, name) ? element[name] : undefined;
  return typeof node === "string" ? node : undefined;
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

function isElement(value: unknown): value is XmlElement {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
