import { fromFirstTag, isElement, type ReadXml } from "./document.ts";
import { XMLParser } from "./parser.ts";

// Entities stay off: COS declares none, and expansion is how a hostile document turns small into huge.
// Values stay text: a key named "007" or "1e3" must not become a number.
const OPTIONS = {
  ignoreAttributes: true,
  parseTagValue: false,
  processEntities: false,
  trimValues: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
} as const;

let shared: XMLParser | undefined;

/** Parses with fast-xml-parser. */
export const readXml: ReadXml = (text) => {
  const document = fromFirstTag(text);
  if (document === undefined) return undefined;
  let parsed: unknown;
  shared ??= new XMLParser(OPTIONS);
  try {
    parsed = shared.parse(document, true);
  } catch {
    return undefined;
  }
  if (!isElement(parsed)) return undefined;
  const root = Object.keys(parsed).find((name) => !name.startsWith("#") && !name.startsWith("?"));
  if (root === undefined) return undefined;
  const element = parsed[root];
  return { root, element: isElement(element) ? element : {} };
};
