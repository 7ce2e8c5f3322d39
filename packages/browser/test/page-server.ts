import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { CosClient, Credentials, SignParameters } from "@cosup/core";
import { build } from "esbuild";

const HTML = '<!doctype html><input type="file"><script type="module" src="/page.js"></script>';
/** Below this prefix, the server signs. */
export const SIGNED = "signed/";

/** The server of the page: its scripts, temporary keys, and signatures. */
export interface PageServer {
  readonly origin: string;
  /** The paths that were asked for, and what the server returned. */
  readonly sent: { readonly path: string; readonly body: string }[];
  /** Signs for pages that ask at /sign. */
  signer: CosClient | undefined;
  close(): Promise<void>;
}

/** @param keys what pages get that ask at /keys */
export async function servePage(keys: Credentials): Promise<PageServer> {
  const scripts = await bundle();
  const sent: PageServer["sent"] = [];
  const server = createServer(async (request, response) => {
    const path = request.url ?? "";
    const script = scripts.get(path);
    const replied = script ? undefined : await respond(request, path, keys, state.signer);
    const type = script ? "text/javascript" : path === "/" ? "text/html" : "application/json";
    const body = script ?? replied ?? "";
    sent.push({ path, body });
    response.writeHead(script || replied ? 200 : 403, { "content-type": type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const state: PageServer = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent,
    signer: undefined,
    close: () => closed(server),
  };
  return state;
}

/** The response to a request; undefined: it is refused. */
async function respond(
  request: IncomingMessage,
  path: string,
  keys: Credentials,
  signer: CosClient | undefined,
): Promise<string | undefined> {
  if (path === "/") return HTML;
  if (path === "/keys") return JSON.stringify(keys);
  if (path !== "/sign" || signer === undefined) return undefined;
  const asked = JSON.parse(await text(request)) as SignParameters;
  if (!asked.Key?.startsWith(SIGNED)) return undefined;
  return JSON.stringify(await signer.sign(asked));
}

async function bundle(): Promise<Map<string, string>> {
  const here = fileURLToPath(new URL(".", import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [`${here}page.ts`, `${here}worker.ts`],
    outdir: "/",
    bundle: true,
    write: false,
    format: "esm",
    target: "es2023",
    platform: "browser",
    conditions: ["source"],
    logLevel: "warning",
  });
  return new Map(outputFiles.map((file) => [file.path, file.text]));
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
