import { createHash } from "node:crypto";
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
  ".svg": "image/svg+xml",
};

/** No inline script, nothing from elsewhere, and in no frame. WebAssembly is the digests of the uploader. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

const HEADERS: Readonly<Record<string, string>> = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Cache-Control": "no-store",
};

let loading: Promise<ReadonlyMap<string, string>> | undefined;

/** A file of the console; `""` is its page. Undefined: there is none of this name. */
export async function consoleFile(name: string): Promise<EmulatorResponse | undefined> {
  loading ??= loadFiles();
  const files = await loading;
  if (files.size === 0) return plain(404, "this build of the emulator has no console");
  const file = name === "" ? PAGE : name;
  const body = files.get(file);
  return body === undefined ? undefined : response(200, TYPES[extname(file)] ?? "", body);
}

/** A sentence for the person who opens the page. */
export function plain(status: number, text: string): EmulatorResponse {
  return response(status, "text/plain; charset=utf-8", `${text}\n`);
}

function response(status: number, type: string, body: string): EmulatorResponse {
  const headers = {
    ...HEADERS,
    "Content-Security-Policy": `${POLICY}; style-src ${styleOf(body)}`,
    "Content-Type": type,
    "Content-Length": String(Buffer.byteLength(body)),
  };
  return { status, headers, body, bare: true };
}

/** What the policy allows as style: the sheet that is in the page, by its hash. */
function styleOf(page: string): string {
  const [, sheet] = /<style>([^<]*)<\/style>/.exec(page) ?? [];
  return sheet === undefined ? "'none'" : `'sha256-${createHash("sha256").update(sheet).digest("base64")}'`;
}

/** All files by name, so that no path of a request reaches the disk. Empty: this build has none. */
async function loadFiles(): Promise<ReadonlyMap<string, string>> {
  for (const place of PLACES) {
    const folder = fileURLToPath(new URL(place, import.meta.url));
    const names = await readdir(folder).catch((): string[] => []);
    if (!names.includes(PAGE)) continue;
    const served = names.filter((name) => extname(name) in TYPES);
    return new Map(
      await Promise.all(
        served.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const),
      ),
    );
  }
  return new Map();
}
