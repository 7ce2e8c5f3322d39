import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { basename } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { createCos } from "@cosup/node";
import { build } from "esbuild";
import { startChromium } from "../../../tools/runtimes/start-chromium.mjs";
import { missingClaim } from "./claims.ts";
import { KEYS, type Sandbox } from "./sandbox.ts";

const PRELUDE = fileURLToPath(new URL("page-in-browser.ts", import.meta.url));
const HTML = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<input id="input" type="file"><progress id="bar"></progress><button id="pause">Pause</button>
<script type="module" src="/page-in-browser.js"></script>`;

/** By their paths: the prelude, and one for each file by its name. */
type Scripts = ReadonlyMap<string, string>;

/** Bundles programs. They share one copy of the SDK with the prelude. */
async function bundlePrograms(files: readonly string[]): Promise<Scripts> {
  const { outputFiles } = await build({
    entryPoints: [PRELUDE, ...files].map((path) => ({
      in: path,
      out: basename(path).replace(/\.[jt]s$/, ""),
    })),
    outdir: "/",
    bundle: true,
    splitting: true,
    write: false,
    format: "esm",
    target: "es2023",
    platform: "browser",
    logLevel: "silent",
  });
  return new Map(outputFiles.map((file) => [file.path, file.text]));
}

/** A program in the page: it has run when it has printed its claims. */
class Run {
  readonly #lines: string[] = [];
  readonly #claims: readonly string[];
  pass = (): void => {};
  fail = (_error: Error): void => {};
  readonly ended = new Promise<void>((resolve, reject) => {
    this.pass = resolve;
    this.fail = reject;
  });

  constructor(claims: readonly string[]) {
    this.#claims = claims;
    this.ended.catch(() => {});
  }

  /** The page tells what the program printed, or why it failed. */
  add({ line, error }: { readonly line?: string; readonly error?: string }): void {
    if (error !== undefined) this.fail(new Error(`${error}\nIt printed:\n${this.#lines.join("\n")}`));
    if (line === undefined) return;
    this.#lines.push(line);
    if (missingClaim(this.#claims, this.#lines.join("\n")) === undefined) this.pass();
  }
}

/** What a page's programs gave; `ended` rejects when one failed. */
export interface Pages {
  ended(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Runs programs in a page of Chromium. @param claims what each prints, by the names of the files */
export async function runInChromium(
  files: readonly string[],
  claims: ReadonlyMap<string, readonly string[]>,
  sandbox: Sandbox,
): Promise<Pages> {
  const scripts = await bundlePrograms(files);
  const runs = new Map([...claims].map(([name, each]) => [name, new Run(each)]));
  const server = createServer(async (request, response) => {
    const script = scripts.get(request.url ?? "");
    const type = script ? "text/javascript" : request.url === "/" ? "text/html" : "application/json";
    const body = script ?? (await respond(request, runs, sandbox));
    response.setHeader("content-type", type).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const onEnd = (error: Error): void => {
    for (const run of runs.values()) run.fail(error);
  };
  const { port } = server.address() as AddressInfo;
  const hosts = [`MAP *.myqcloud.com 127.0.0.1:${sandbox.internet.tlsPort}`];
  const browser = await startChromium(`http://127.0.0.1:${port}/`, onEnd, hosts);
  return {
    ended: async (name) => runs.get(name)?.ended,
    close: async () => {
      await browser.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The reader's server: the page, temporary keys, signatures; and what the page tells about its programs. */
async function respond(
  request: IncomingMessage,
  runs: ReadonlyMap<string, Run>,
  { folder }: Sandbox,
): Promise<string | Uint8Array> {
  const body = await text(request);
  if (request.url === "/") return HTML;
  if (request.url === "/big.bin") return readFile(`${folder}/big.bin`);
  if (request.url === "/programs") return JSON.stringify([...runs.keys()]);
  if (request.url === "/cos-keys")
    return JSON.stringify({ SecretId: "TEMPORARY", SecretKey: "KEY", Token: "TOKEN" });
  if (request.url === "/ran") await runs.get(body)?.ended.catch(() => {});
  else if (request.url === "/news") {
    const { name, ...news } = JSON.parse(body);
    runs.get(name)?.add(news);
  } else if (request.url === "/sign") {
    const signer = createCos({ Region: "ap-guangzhou", ...KEYS });
    return JSON.stringify(await signer.sign(JSON.parse(body)));
  }
  return "null";
}
