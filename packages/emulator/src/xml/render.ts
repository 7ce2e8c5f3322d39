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

/** One element; text is escaped, child elements are not, absent children are left out. */
export function element(
  name: string,
  content: string | number | boolean | readonly (Markup | undefined)[],
): Markup {
  const inner = Array.isArray(content)
    ? content.map((child: Markup | undefined) => child?.markup ?? "").join("")
    : escapeText(String(content));
  return { markup: `<${name}>${inner}</${name.split(" ", 1)[0]}>` };
}

export function document(root: Markup): string {
  return `<?xml version='1.0' encoding='utf-8' ?>\n${root.markup}\n`;
}

function escapeText(text: string): string {
  // XML 1.0 cannot contain most control characters, which is why listings offer encoding-type=url.
  return text.replace(/[&<>"\r]/g, (character) => ESCAPES[character] ?? character);
}
