/** What an element gets: properties by name, `data-…` and `aria-…` attributes, listeners as `onclick`. */
export type Properties = Readonly<Record<string, unknown>>;
export type Child = Node | string | number | undefined | false;

/** Makes an element. Texts are text nodes, so no name of an object can be markup. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (/^(?:data|aria)-|^(?:role|for|colspan|scope)$/.test(name)) element.setAttribute(name, String(value));
    else Reflect.set(element, name, value);
  }
  fill(element, ...children);
  return element;
}

/** Replaces what is in an element. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren(...children.filter((child) => child !== undefined && child !== false).map(nodeOf));
}

function nodeOf(child: Child): Node | string {
  return child instanceof Node ? child : String(child);
}

/** The element of the page with this id. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

/**
 * A table whose wide columns are left out on a narrow screen.
 * @param columns names; those that begin with `~` are wide
 * @param className `stacked` puts the cells of a row below each other on a narrow screen
 */
export function table(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly Child[])[],
  className = "",
): HTMLTableElement {
  const kinds = columns.map((name) => (name.startsWith("~") ? "wide" : ""));
  const head = columns.map((name, at) =>
    h("th", { scope: "col", className: kinds[at] }, name.replace(/^~/, "")),
  );
  const body = rows.map((cells) =>
    h("tr", {}, ...cells.map((cell, at) => h("td", { className: kinds[at] }, cell))),
  );
  return h(
    "table",
    { className },
    h("caption", { className: "hidden" }, caption),
    h("thead", {}, h("tr", {}, ...head)),
    h("tbody", {}, ...body),
  );
}
