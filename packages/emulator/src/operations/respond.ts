import type { EmulatorResponse } from "../types.ts";
import { document, type Markup } from "../xml/render.ts";

/** A response without a body. */
export function empty(status: number, headers: Readonly<Record<string, string>> = {}): EmulatorResponse {
  return { status, headers };
}

/** A 200 with a document. */
export function xml(root: Markup, headers: Readonly<Record<string, string>> = {}): EmulatorResponse {
  return { status: 200, headers: { "Content-Type": "application/xml", ...headers }, body: document(root) };
}

/** An ETag as headers and documents contain it. */
export function quoted(etag: string): string {
  return `"${etag}"`;
}

const DAY_MS = 86_400_000;
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, "0"));
/** The last day that was formatted: a Date for each object of a listing would be a tenth of its time. */
let day = { number: Number.NaN, text: "" };

/** The time format of documents: whole seconds, as in the header Last-Modified. */
export function isoTime(ms: number): string {
  const number = Math.floor(ms / DAY_MS);
  if (day.number !== number) {
    day = { number, text: new Date(number * DAY_MS).toISOString().slice(0, "2026-01-01T".length) };
  }
  const seconds = Math.floor((ms - number * DAY_MS) / 1000);
  const [hour, minute] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${day.text}${TWO_DIGITS[hour]}:${TWO_DIGITS[minute]}:${TWO_DIGITS[seconds % 60]}.000Z`;
}
