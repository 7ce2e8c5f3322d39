import type { RunningRow } from "../data.ts";
import { fill, h } from "../dom.ts";
import { bytes } from "../format.ts";

/** Shows the requests whose bodies arrive. @param count how many requests there are, with those that are not listed */
export function showRunning(list: HTMLElement, running: readonly RunningRow[], count: number): void {
  const withBody = running.filter(({ requestBytes = 0 }) => requestBytes > 0);
  const more = count > running.length ? [h("li", {}, `and ${count - running.length} more`)] : [];
  const none = withBody.length === 0 ? [h("li", { className: "empty" }, "None at the moment.")] : [];
  fill(list, ...withBody.map(runningRow), ...more, ...none);
}

function runningRow(row: RunningRow): HTMLElement {
  const { operation = "…", key = "", partNumber, received, requestBytes = 0, faults } = row;
  const bar = h("progress", { max: requestBytes, value: received });
  bar.setAttribute("aria-label", `${operation} ${key}`);
  const part = partNumber === undefined ? "" : ` part ${partNumber}`;
  return h(
    "li",
    {},
    h("span", { className: "key" }, `${operation}${part} ${key}`),
    bar,
    h("span", { className: "hint" }, `${bytes(received)} of ${bytes(requestBytes)}`),
    faults.length > 0 && h("span", { className: "fault" }, faults.join(", ")),
  );
}
