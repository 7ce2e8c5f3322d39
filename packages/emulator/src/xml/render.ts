/** Markup that needs no further escaping. */
export interface Markup {
  readonly markup: string;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  // Parsers turn an unescaped carriage return into a line feed.
  "\r": "&#13;",
};

const ESCAPED = /[&<>"\r]/;

/** One element; text is escaped, child elements are not, absent children are left out. */
export function element(
  name: string,
  content: string | number | boolean | readonly (Markup | undefined)[],
): Markup {
  const inner =
    typeof content === "object"
      ? joined(content)
      : typeof content === "string"
        ? escapeText(content)
        : content;
  const space = name.indexOf(" ");
  return { markup: `<${name}>${inner}</${space < 0 ? name : name.slice(0, space)}>` };
}

/** An element whose text has nothing to escape, or is markup already. Of one of thousands, looking is what costs most. */
export function plainElement(name: string, text: string): Markup {
  return { markup: `<${name}>${text}</${name}>` };
}

function joined(children: readonly (Markup | undefined)[]): string {
  let markup = "";
  for (const child of children) if (child !== undefined) markup += child.markup;
  return markup;
}

export function document(root: Markup): string {
  return `<?xml version='1.0' encoding='utf-8' ?>\n${root.markup}\n`;
}

function escapeText(text: string): string {
  // XML 1.0 cannot contain most control characters, which is why listings offer encoding-type=url.
  if (!ESCAPED.test(text)) return text;
  return text.replace(/[&<>"\r]/g, (character) => ESCAPES[character] ?? character);
}
