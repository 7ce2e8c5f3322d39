import { h } from "../dom.ts";
import { linkTo } from "../links.ts";

/** The way to a prefix or a key, with a link for each folder. */
export function breadcrumbs(bucket: string, path: string): HTMLElement {
  const names = path.split(/(?<=\/)/).filter(Boolean);
  const links = names.map((name, at) => {
    const folder = names.slice(0, at + 1).join("");
    const last = at === names.length - 1;
    return last
      ? h("span", { "aria-current": "page" }, name)
      : h("a", { href: linkTo("objects", bucket, folder) }, name);
  });
  const root =
    path === ""
      ? h("span", { "aria-current": "page" }, bucket)
      : h("a", { href: linkTo("objects", bucket, "") }, bucket);
  return h(
    "h2",
    { className: "crumbs" },
    h("a", { href: linkTo("buckets") }, "Buckets"),
    ...[root, ...links].flatMap((link) => [
      h("span", { className: "slash", "aria-hidden": "true" }, "/"),
      link,
    ]),
  );
}
