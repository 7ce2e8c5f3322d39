import { fromFirstTag, type ReadXml, type XmlNode } from "./document.ts";

/**
 * One token: what is skipped, a CDATA section (1), a tag (2: closes, 3: name, 4: is empty), or text. No part of it can match the
 * same characters in two ways, so that no document makes it slow.
 */
const TOKEN =
  /<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([\w:][\w:.-]*)(?:\s+[\w:][\w:.-]*\s*=\s*(?:"[^<"]*"|'[^<']*'))*\s*(\/?)>|[^<]+/y;

/** Elements in one another. COS's documents have five. */
const DEEPEST = 32;

interface OpenElement {
  readonly name: string;
  text: string;
  /** Undefined: no child element so far. Without a prototype, so that every name is only a name. */
  children: Record<string, XmlNode | XmlNode[]> | undefined;
}

/**
 * Parses what COS sends: elements and text. A small reader for programs whose size counts, where fast-xml-parser would be a
 * ninth of the bundle. It refuses what it does not know: a document type, tags that do not match, a second root, any rest.
 */
export const readPlainXml: ReadXml = (text) => {
  const document = fromFirstTag(text);
  if (document === undefined) return undefined;
  const outside = open("");
  const path = [outside];
  for (let at = 0; at < document.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(document);
    if (token === null || !take(token, path)) return undefined;
  }
  const [root, more] = Object.keys(outside.children ?? {});
  const node = outside.children?.[root ?? ""];
  if (root === undefined || more !== undefined || path.length > 1 || Array.isArray(node)) return undefined;
  // Text beside the root.
  if (outside.text.trim() !== "") return undefined;
  return { root, element: typeof node === "object" ? node : {} };
};

function open(name: string): OpenElement {
  return { name, text: "", children: undefined };
}

/** False when the document is refused. */
function take([token, data, closes, name, isEmpty]: RegExpExecArray, path: OpenElement[]): boolean {
  const current = path.at(-1);
  if (current === undefined) return false;
  if (name === undefined) {
    // A reference is none in CDATA: it must still be one character of text after decoding.
    if (data !== undefined) current.text += data.replaceAll("&", "&amp;");
    else if (!token.startsWith("<")) current.text += token;
    return true;
  }
  if (closes === "") {
    path.push(open(name));
    if (isEmpty === "") return path.length <= DEEPEST;
  } else if (current.name !== name || isEmpty !== "") return false;
  return close(path);
}

/** Gives the innermost element to the one around it. */
function close(path: OpenElement[]): boolean {
  const closed = path.pop();
  const around = path.at(-1);
  if (closed === undefined || around === undefined) return false;
  const node = closed.children ?? closed.text;
  around.children ??= Object.create(null) as Record<string, XmlNode | XmlNode[]>;
  const before = around.children[closed.name];
  if (Array.isArray(before)) before.push(node);
  else around.children[closed.name] = before === undefined ? node : [before, node];
  return true;
}
