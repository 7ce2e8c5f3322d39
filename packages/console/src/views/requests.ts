import type { App, View } from "../app.ts";
import type { LiveEvent, RequestRow } from "../data.ts";
import { fill, h, table } from "../dom.ts";
import { bytes, duration, timeOf } from "../format.ts";

/** Rows of the table. */
const MOST = 300;
const COLUMNS = ["~Time", "Status", "Operation", "Target", "~In", "~Out", "~Took", "Note"];

/** The requests, the newest first, as they come. */
export function requestsView(app: App): View {
  return new RequestsView(app);
}

class RequestsView implements View {
  readonly element: HTMLElement;
  readonly title = "Requests";
  readonly #app: App;
  readonly #count = h("span", { className: "hint" });
  readonly #list = h("div", {});
  readonly #filter = h("input", { type: "search", placeholder: "Filter…", oninput: () => this.#show() });
  readonly #failures = h("input", { type: "checkbox", onchange: () => this.#show() });
  readonly #paused = h("input", { type: "checkbox", onchange: () => this.#show() });
  #frame = 0;

  constructor(app: App) {
    this.#app = app;
    this.#filter.setAttribute("aria-label", "Only requests that contain");
    const failures = h("label", {}, this.#failures, " Failures and faults");
    const paused = h("label", {}, this.#paused, " Pause");
    const toolbar = h("div", { className: "toolbar" }, this.#filter, failures, paused, this.#count);
    this.element = h("section", {}, h("h2", {}, "Requests"), toolbar, this.#list);
    this.#show();
  }

  onEvent({ requests }: LiveEvent): void {
    if (this.#paused.checked || requests.length === 0) return;
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#show();
    });
  }

  #show(): void {
    const { requests } = this.#app;
    const rows = requests
      .filter((row) => this.#isWanted(row))
      .slice(-MOST)
      .reverse();
    this.#count.textContent = `${rows.length} of ${requests.length} shown`;
    const none = h("p", { className: "empty" }, "No request yet.");
    fill(this.#list, rows.length === 0 ? none : table("Requests", COLUMNS, rows.map(cellsOf), "stacked"));
  }

  #isWanted(row: RequestRow): boolean {
    if (this.#failures.checked && row.faults.length === 0 && !isFailure(row)) return false;
    const text = this.#filter.value.toLowerCase();
    return text === "" || wordsOf(row).includes(text);
  }
}

function isFailure({ status }: RequestRow): boolean {
  return status === "hung-up" || status >= 400;
}

function wordsOf(row: RequestRow): string {
  const { operation, bucket, key, partNumber, status, code, faults, requestId, method } = row;
  const words = [operation, method, bucket, key, partNumber, status, code, requestId, ...faults];
  return words.join(" ").toLowerCase();
}

function cellsOf(row: RequestRow): (Node | string)[] {
  const { at, status, operation, method, bucket = "", key = "", partNumber, code, faults } = row;
  const part = partNumber === undefined ? "" : ` part ${partNumber}`;
  return [
    timeOf(at),
    h("span", { className: isFailure(row) ? "status bad" : "status good" }, String(status)),
    operation ?? method,
    h("span", { className: "key", title: row.requestId }, `${bucket}/${key}${part}`),
    bytes(row.requestBytes),
    bytes(row.responseBytes),
    duration(row.durationMs),
    h("span", {}, code ?? "", ...faults.map((name) => h("span", { className: "fault" }, name))),
  ];
}
