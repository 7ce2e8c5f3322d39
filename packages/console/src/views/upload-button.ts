import type { App } from "../app.ts";
import { h } from "../dom.ts";

/** MiB of a part that can be chosen. */
const SIZES = [1, 5, 16, 64];

/** Chooses files to upload, for those who cannot drop them, and the size of their parts. */
export function uploadButton(
  app: App,
  target: { readonly bucket: string; readonly prefix: string },
): HTMLElement {
  const input = h("input", { type: "file", multiple: true, className: "hidden" });
  input.onchange = () => {
    app.transfers.add(target, [...(input.files ?? [])]);
    input.value = "";
  };
  const size = h(
    "select",
    {},
    h("option", { value: "" }, "parts of 8 MiB"),
    ...SIZES.map((mib) => h("option", { value: String(mib) }, `parts of ${mib} MiB`)),
  );
  size.value = String(app.transfers.partSize ?? "");
  size.setAttribute("aria-label", "Size of a part");
  size.title = "Files up to 20 MB are one request";
  size.onchange = () => {
    app.transfers.partSize = size.value === "" ? undefined : Number(size.value);
  };
  const button = h(
    "button",
    { type: "button", className: "main", onclick: () => input.click() },
    "Upload files",
  );
  return h("span", { className: "group" }, button, size, input);
}
