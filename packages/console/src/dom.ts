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

/** Replaces what is in an element. The keyboard stays at a link or button that is there again: each change makes lists again. */
export function fill(element: Element, ...children: readonly Child[]): void {
  const refocus = focusedIn(element);
  element.replaceChildren(...children.filter((child) => child !== undefined && child !== false).map(nodeOf));
  refocus?.();
}

/** Undefined: the keyboard is elsewhere. */
function focusedIn(element: Element): (() => void) | undefined {
  const focused = document.activeElement;
  if (focused === null || focused === element || !element.contains(focused)) return undefined;
  const nameOf = (each: Element): string =>
    [each.tagName, each.getAttribute("href"), each.ariaLabel, each.textContent].join();
  const name = nameOf(focused);
  const alike = (): HTMLElement[] =>
    [...element.querySelectorAll<HTMLElement>("a, button")].filter((each) => nameOf(each) === name);
  const at = alike().indexOf(focused as HTMLElement);
  return () => alike()[at]?.focus({ preventScroll: true });
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
