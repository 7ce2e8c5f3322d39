import type { App, View } from "../app.ts";
import { changesBuckets, changesObjects, changesUploads } from "../changes.ts";
import { coalesced } from "../coalesced.ts";
import { fill, h, table } from "../dom.ts";
import { dateOf } from "../format.ts";
import { linkTo } from "../links.ts";

/** All buckets. */
export function bucketsView(app: App): View {
  const element = h("section", {});
  const show = (): void => {
    const { buckets, region, inMemory } = app.info;
    fill(
      element,
      h("h2", {}, "Buckets"),
      h(
        "p",
        { className: "hint" },
        `${region}, ${inMemory ? "in memory: gone when it stops" : "kept on disk"}`,
      ),
      buckets.length === 0
        ? h("p", { className: "empty" }, "There is no bucket.")
        : table("Buckets", ["Name", "Keys", "Unfinished", "~Versioning", "~Created"], buckets.map(row)),
    );
  };
  show();
  const refresh = coalesced(
    () =>
      void app.run(async () => {
        app.info = await app.api.buckets();
        show();
      }),
  );
  return {
    element,
    title: "Buckets",
    onEvent(event) {
      if (changesObjects(event) || changesBuckets(event) || changesUploads(event)) refresh();
    },
  };
}

function row({
  name,
  keys,
  uploads,
  versioning,
  created,
}: App["info"]["buckets"][number]): (Node | string)[] {
  return [
    h("a", { href: linkTo("objects", name, "") }, name),
    keys.toLocaleString("en"),
    uploads === 0 ? "0" : h("a", { href: linkTo("uploads") }, String(uploads)),
    versioning,
    dateOf(created),
  ];
}
