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

/** The time format of documents: whole seconds, as in the header Last-Modified. */
export function isoTime(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString();
}
