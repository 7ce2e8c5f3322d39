import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { EmulatorResponse } from "../types.ts";

/** Where the build of the emulator puts the files of packages/console: beside the built module, or in dist of the sources. */
const PLACES = ["./console/", "../../dist/console/"];
const PAGE = "index.html";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** No inline script, nothing from elsewhere, and in no frame. WebAssembly is the digests of the uploader. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

const HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": POLICY,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Cache-Control": "no-store",
};

let folder: Promise<string | undefined> | undefined;

/** A file of the console; `""` is its page. Undefined: there is none of this name. */
export async function consoleFile(name: string): Promise<EmulatorResponse | undefined> {
  folder ??= findFolder();
  const found = await folder;
  if (found === undefined) return plain(404, "this build of the emulator has no console");
  const file = name === "" ? PAGE : name;
  const type = TYPES[extname(file)];
  // Only names that the folder lists, so that no path leads out of it.
  if (type === undefined || !(await readdir(found)).includes(file)) return undefined;
  const bytes = await readFile(join(found, file));
  return {
    status: 200,
    headers: { ...HEADERS, "Content-Type": type, "Content-Length": String(bytes.length) },
    body: bytes.toString("utf8"),
    bare: true,
  };
}

/** A sentence for the person who opens the page. */
export function plain(status: number, text: string): EmulatorResponse {
  const headers = { ...HEADERS, "Content-Type": "text/plain; charset=utf-8" };
  const body = `${text}\n`;
  return {
    status,
    headers: { ...headers, "Content-Length": String(Buffer.byteLength(body)) },
    body,
    bare: true,
  };
}

async function findFolder(): Promise<string | undefined> {
  for (const place of PLACES) {
    const path = fileURLToPath(new URL(place, import.meta.url));
    if (
      await readdir(path).then(
        (names) => names.includes(PAGE),
        () => false,
      )
    )
      return path;
  }
  return undefined;
}
