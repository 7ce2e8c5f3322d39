import { Api } from "./api.ts";
import type { App, View } from "./app.ts";
import type { LiveEvent } from "./data.ts";
import { byId, fill, h } from "./dom.ts";
import { acceptDrops } from "./drop.ts";
import { LiveFeed, type LiveState } from "./live.ts";
import { messageOf, notify } from "./messages.ts";
import { openView } from "./router.ts";
import { keepToken, takeToken } from "./token.ts";
import { Transfers } from "./transfers.ts";
import { showBadges } from "./views/badges.ts";

/** Requests that the page remembers. */
const REMEMBERED = 2_000;

const STATES: Readonly<Record<LiveState, string>> = {
  connecting: "Connecting…",
  live: "Live",
  lost: "The emulator does not respond",
  refused: "Refused: open the address that cosup emulator printed",
};

const api = new Api(takeToken());
let view: View | undefined;
/** Counts the addresses: a slow view must not replace a later one. */
let opened = 0;

const app: App = {
  api,
  transfers: new Transfers(api, byId("transfers")),
  info: { buckets: [], region: "", minPartSize: 0, inMemory: true, faults: false },
  requests: [],
  latest: undefined,
  refresh: () => void show(),
  async run(task) {
    try {
      await task();
    } catch (error) {
      notify(messageOf(error));
    }
  },
};

async function show(): Promise<void> {
  opened += 1;
  const mine = opened;
  keepToken();
  try {
    app.info = await api.buckets();
    const next = await openView(app, location.hash);
    if (mine !== opened) return;
    view = next;
    document.title = `${next.title} · cosup emulator`;
    fill(byId("view"), next.element);
    if (app.latest) next.onEvent?.(app.latest);
  } catch (error) {
    if (mine !== opened) return;
    view = undefined;
    fill(byId("view"), h("p", { className: "empty", role: "alert" }, messageOf(error)));
  }
  markCurrent();
}

function markCurrent(): void {
  const [, name = "buckets"] = location.hash.split("/");
  for (const link of document.querySelectorAll<HTMLElement>("nav a")) {
    if (link.dataset.view === (name === "object" || name === "" ? "buckets" : name)) {
      link.setAttribute("aria-current", "page");
    } else link.removeAttribute("aria-current");
  }
}

function onEvent(event: LiveEvent): void {
  app.requests.push(...event.requests);
  if (app.requests.length > 2 * REMEMBERED) app.requests.splice(0, app.requests.length - REMEMBERED);
  app.latest = { ...event, requests: [], missed: 0 };
  view?.onEvent?.(event);
  showBadges(app, event);
}

let lost = false;
function onState(state: LiveState): void {
  const status = byId("status");
  status.textContent = STATES[state];
  status.dataset.state = state;
  // After a restart, everything may be different.
  if (state === "live" && lost) {
    app.requests.length = 0;
    app.refresh();
  }
  lost = state === "lost" || (lost && state !== "live");
}

// By itself, the link would change the address, which names the view.
byId("skip").onclick = (event) => {
  event.preventDefault();
  byId("view").focus();
};
// Canvases are drawn in the colours of the theme.
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => app.refresh());
addEventListener("hashchange", () => {
  void show().then(() => byId("view").focus());
});
acceptDrops(app, () => view?.target);
await show();
new LiveFeed(api, onEvent, onState).start();
