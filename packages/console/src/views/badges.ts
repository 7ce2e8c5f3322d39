import type { App } from "../app.ts";
import { changesBuckets, changesUploads } from "../changes.ts";
import { coalesced } from "../coalesced.ts";
import type { LiveEvent } from "../data.ts";
import { byId } from "../dom.ts";

let refresh: (() => void) | undefined;

/** Shows beside the links how many uploads there are, and how many faults have fired. */
export function showBadges(app: App, event: LiveEvent): void {
  refresh ??= coalesced(
    () =>
      void app.run(async () => {
        app.info = await app.api.buckets();
        showUploads(app);
      }),
  );
  if (changesUploads(event) || changesBuckets(event)) refresh();
  showUploads(app);
  const fired = app.requests.filter(({ faults }) => faults.length > 0).length;
  show(byId("faults-count"), fired, "requests with a fault");
}

function showUploads({ info }: App): void {
  const open = info.buckets.reduce((sum, { uploads }) => sum + uploads, 0);
  show(byId("uploads-count"), open, "unfinished");
}

function show(badge: HTMLElement, count: number, title: string): void {
  badge.hidden = count === 0;
  badge.textContent = count > 99 ? "99+" : String(count);
  badge.title = `${count} ${title}`;
}
