import type { App, View } from "../app.ts";
import { changesObjects } from "../changes.ts";
import { coalesced } from "../coalesced.ts";
import type { LiveEvent, ObjectsData } from "../data.ts";
import { fill, h, table } from "../dom.ts";
import { breadcrumbs } from "./breadcrumbs.ts";
import { folderRow, objectRow } from "./object-rows.ts";
import { uploadButton } from "./upload-button.ts";

/** The objects and folders below a prefix. */
export async function objectsView(app: App, bucket: string, prefix: string): Promise<View> {
  const view = new ObjectsView(app, bucket, prefix);
  await view.load();
  return view;
}

class ObjectsView implements View {
  readonly element: HTMLElement;
  readonly title: string;
  readonly target: { readonly bucket: string; readonly prefix: string };
  readonly #app: App;
  readonly #list = h("div", {});
  readonly #versions = h("input", { type: "checkbox", onchange: () => this.#open("") });
  readonly #filter = h("input", { type: "search", placeholder: "Begins with…" });
  readonly #refresh = coalesced(() => void this.#app.run(() => this.load()));
  /** The page that is shown begins after this. */
  #marker = "";
  #asked = 0;

  constructor(app: App, bucket: string, prefix: string) {
    this.#app = app;
    this.target = { bucket, prefix };
    this.title = `${bucket}/${prefix}`;
    this.#filter.setAttribute("aria-label", "Only names that begin with");
    this.#filter.oninput = coalesced(() => this.#open(""));
    const versions = h("label", {}, this.#versions, " All versions");
    const toolbar = h(
      "div",
      { className: "toolbar" },
      uploadButton(app, this.target),
      this.#filter,
      versions,
    );
    this.element = h("section", {}, breadcrumbs(bucket, prefix), toolbar, this.#list);
  }

  async load(): Promise<void> {
    this.#asked += 1;
    const mine = this.#asked;
    const { bucket, prefix } = this.target;
    const page = await this.#app.api.objects({
      bucket,
      prefix: prefix + this.#filter.value,
      delimiter: "/",
      marker: this.#marker,
      versions: this.#versions.checked ? "1" : "",
    });
    // A slow response must not replace a later one.
    if (mine === this.#asked) fill(this.#list, this.#table(page), this.#pages(page.next));
  }

  onEvent(event: LiveEvent): void {
    if (changesObjects(event, this.target.bucket)) this.#refresh();
  }

  #open(marker: string): void {
    this.#marker = marker;
    void this.#app.run(() => this.load());
  }

  #table({ folders, objects }: ObjectsData): HTMLElement {
    if (folders.length + objects.length === 0) {
      return h("p", { className: "empty" }, "No objects here. Drop files to upload them.");
    }
    const { bucket, prefix } = this.target;
    return table(
      "Objects",
      ["Name", "Size", "~CRC64", "~Modified", "Actions"],
      [
        ...folders.map((folder) => folderRow(bucket, prefix, folder)),
        ...objects.map((row) => objectRow(this.#app, bucket, prefix, row)),
      ],
    );
  }

  #pages(next: string | undefined): HTMLElement | undefined {
    if (this.#marker === "" && next === undefined) return undefined;
    const button = (name: string, marker: string | undefined): HTMLElement =>
      h(
        "button",
        { type: "button", disabled: marker === undefined, onclick: () => this.#open(marker ?? "") },
        name,
      );
    const first = this.#marker === "" ? undefined : "";
    return h("p", { className: "toolbar" }, button("First page", first), button("Next page", next));
  }
}
