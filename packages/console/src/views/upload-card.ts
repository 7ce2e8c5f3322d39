import type { App } from "../app.ts";
import type { LiveEvent, UploadRow } from "../data.ts";
import { fill, h } from "../dom.ts";
import { bytes, counted, dateOf } from "../format.ts";
import { PartMap } from "../part-map.ts";
import { PartStates } from "../part-states.ts";

/** One unfinished upload with the map of its parts. */
export class UploadCard {
  readonly element: HTMLElement;
  readonly uploadId: string;
  readonly #app: App;
  readonly #bucket: string;
  readonly #states = new PartStates();
  readonly #map = new PartMap(this.#states);
  readonly #facts = h("p", { className: "hint" });
  #row: UploadRow;

  constructor(app: App, row: UploadRow) {
    this.#app = app;
    this.#row = row;
    this.#bucket = row.bucket;
    this.uploadId = row.uploadId;
    const abort = h(
      "button",
      { type: "button", className: "danger", onclick: () => void this.#abort() },
      "Abort",
    );
    abort.setAttribute("aria-label", `Abort the upload of ${row.key}`);
    const title = h("h3", { className: "key" }, row.key);
    this.element = h("article", {}, h("header", {}, title, abort), this.#facts, this.#map.element);
    // What this page has seen of it before.
    for (const request of app.requests) if (request.uploadId === row.uploadId) this.#states.ended(request);
    this.#describe();
  }

  /** Reads which parts COS holds, unless the upload has ended. */
  async load(): Promise<void> {
    const found = await this.#app.api.parts(this.#bucket, this.uploadId).catch(() => undefined);
    if (found === undefined) return;
    this.#states.load(found.parts);
    this.#map.update();
    this.#describe();
  }

  update(row: UploadRow): void {
    this.#row = row;
    this.#describe();
  }

  onEvent({ requests, running, missed }: LiveEvent): void {
    for (const request of requests) if (request.uploadId === this.uploadId) this.#states.ended(request);
    this.#states.running(running.filter(({ uploadId }) => uploadId === this.uploadId));
    if (missed > 0) void this.load();
    this.#map.update();
    this.#describe();
  }

  #describe(): void {
    const { initiated, uploadId, parts, bytes: size } = this.#row;
    const { stored, retries } = this.#states;
    const count = Math.max(stored, parts);
    const held = stored > parts ? "" : `, ${bytes(size)}`;
    const retried = retries === 0 ? "" : `, ${counted(retries, "retry").replace("retrys", "retries")}`;
    const begun = `begun ${dateOf(initiated)}`;
    fill(
      this.#facts,
      `${counted(count, "part")} stored${held}${retried}, ${begun} in ${this.#bucket}. `,
      h("code", {}, uploadId),
    );
  }

  #abort(): Promise<void> {
    return this.#app.run(async () => {
      const { key } = this.#row;
      if (!confirm(`Abort the upload of ${key}? Its parts are deleted.`)) return;
      const Query = { uploadId: this.uploadId };
      await this.#app.api.cos({ Method: "DELETE", Bucket: this.#bucket, Key: key, Query });
    });
  }
}
