import type { App, View } from "./app.ts";
import { byId } from "./dom.ts";
import { notify } from "./messages.ts";

/** Lets files be dropped anywhere in the page; they go to the folder that is shown, or to the only bucket. */
export function acceptDrops(app: App, targetOf: () => View["target"]): void {
  const hint = byId("drop");
  const target = (): View["target"] => {
    const [only, ...others] = app.info.buckets;
    return targetOf() ?? (only && others.length === 0 ? { bucket: only.name, prefix: "" } : undefined);
  };
  const show = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    const to = target();
    hint.textContent = to ? `Drop to upload to ${to.bucket}/${to.prefix}` : "Open a bucket first";
    hint.hidden = false;
  };
  addEventListener("dragenter", show);
  addEventListener("dragover", show);
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) hint.hidden = true;
  });
  addEventListener("drop", (event) => {
    hint.hidden = true;
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    const to = target();
    if (to === undefined) notify("Open a bucket first, then drop the file there.");
    else app.transfers.add(to, event.dataTransfer.files);
  });
}
