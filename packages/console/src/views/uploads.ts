import type { App, View } from "../app.ts";
import { changesBuckets, changesUploads } from "../changes.ts";
import { coalesced } from "../coalesced.ts";
import type { LiveEvent, UploadRow } from "../data.ts";
import { fill, h } from "../dom.ts";
import { counted } from "../format.ts";
import { showRunning } from "./running.ts";
import { UploadCard } from "./upload-card.ts";

/** Maps that are shown; of more uploads, the oldest are only counted. */
const MOST_CARDS = 20;

/** The unfinished uploads with their parts, and the bodies that arrive. */
export async function uploadsView(app: App): Promise<View> {
  const view = new UploadsView(app);
  await view.load();
  return view;
}

class UploadsView implements View {
  readonly element: HTMLElement;
  readonly title = "Uploads";
  readonly #app: App;
  readonly #cards = new Map<string, UploadCard>();
  readonly #summary = h("p", { className: "hint" });
  readonly #list = h("div", { className: "cards" });
  readonly #arriving = h("ul", { className: "arriving" });
  readonly #refresh = coalesced(() => void this.#app.run(() => this.load()));

  constructor(app: App) {
    this.#app = app;
    showRunning(this.#arriving, [], 0);
    const title = h("h2", {}, "Uploads");
    const arriving = h("h3", {}, "Bodies that arrive");
    this.element = h("section", {}, title, this.#summary, legend(), this.#list, arriving, this.#arriving);
  }

  async load(): Promise<void> {
    const { uploads, count } = await this.#app.api.uploads();
    const shown = uploads.slice(0, MOST_CARDS);
    const fresh = this.#follow(shown);
    this.#summary.textContent = summaryOf(count, shown.length);
    await Promise.all(fresh.map((card) => card.load()));
  }

  onEvent(event: LiveEvent): void {
    for (const card of this.#cards.values()) card.onEvent(event);
    showRunning(this.#arriving, event.running, event.runningCount);
    if (changesUploads(event) || changesBuckets(event)) this.#refresh();
  }

  /** Keeps the cards of uploads that are still there, and returns the new ones. */
  #follow(rows: readonly UploadRow[]): UploadCard[] {
    const ids = new Set(rows.map(({ uploadId }) => uploadId));
    for (const id of this.#cards.keys()) if (!ids.has(id)) this.#cards.delete(id);
    const fresh: UploadCard[] = [];
    const elements = rows.map((row) => {
      const known = this.#cards.get(row.uploadId);
      known?.update(row);
      if (known !== undefined) return known.element;
      const card = new UploadCard(this.#app, row);
      this.#cards.set(row.uploadId, card);
      fresh.push(card);
      return card.element;
    });
    // The list is made again only when it is another one: a button in it may have the focus.
    const { children } = this.#list;
    const same = elements.length === children.length && elements.every((each, at) => each === children[at]);
    if (!same) fill(this.#list, ...elements);
    return fresh;
  }
}

function summaryOf(count: number, shown: number): string {
  if (count === 0)
    return "No upload in parts is unfinished. A file above 20 MB that is dropped here goes up in parts.";
  return shown < count ? `${counted(count, "unfinished upload")}; the newest ${shown} are shown` : "";
}

const LEGEND = {
  stored: "stored",
  arriving: "arriving",
  failed: "failed",
  retried: "retried, or with a fault",
};

function legend(): HTMLElement {
  const names = Object.entries(LEGEND).map(([state, name]) => h("span", { "data-state": state }, name));
  return h("p", { className: "legend" }, ...names);
}
