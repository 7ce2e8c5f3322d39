import { ApiError } from "./api.ts";
import { byId } from "./dom.ts";

/** The sentence of a failure. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiError && error.status === 403) return `Refused: ${error.message}`;
  const { message, hint } = error as { message?: string; hint?: string };
  return [message ?? String(error), hint].filter(Boolean).join(". ");
}

let hiding: ReturnType<typeof setTimeout> | undefined;
const SHOWN_MS = 8_000;

/** Shows a sentence for some seconds; screen readers read it at once. */
export function notify(text: string): void {
  const notice = byId("notice");
  notice.textContent = text;
  notice.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => {
    notice.hidden = true;
  }, SHOWN_MS);
}
