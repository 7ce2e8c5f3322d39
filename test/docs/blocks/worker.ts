import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "./markdown.ts";
import { KEYS, type Sandbox } from "./sandbox.ts";

export const workerTools = join(root, "tools/workers");
const require = createRequire(join(workerTools, "package.json"));

/** The members of miniflare that are used here. It is installed outside the workspaces. */
interface Miniflare {
  dispatchFetch(url: string, init: object): Promise<Response>;
  getR2Bucket(name: string): Promise<{ put(key: string, value: Uint8Array): Promise<unknown> }>;
  dispose(): Promise<void>;
}

export interface Result {
  readonly status: number;
  readonly body: string;
}

/** Bundles a Worker as wrangler does. @returns the folder of the bundle */
export async function bundleWorker(file: string): Promise<string> {
  const outdir = file.replace(/\.[jt]s$/, "");
  await build({
    entryPoints: [file],
    outdir,
    bundle: true,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*"],
    loader: { ".wasm": "copy" },
    assetNames: "[name]",
    logLevel: "silent",
  });
  return outdir;
}

/** The request that a Worker gets: that of its first line, as in `// POST /exampleobject`, or `PUT /exampleobject`. */
export function requestOf(text: string): { readonly method: string; readonly path: string } {
  const [, method = "PUT", path = "/exampleobject"] = /^\/\/ ([A-Z]+) (\/\S*)$/m.exec(text) ?? [];
  return { method, path };
}

/** Sends a Worker its request, with a body where there may be one. All hosts of its own requests are the emulator. */
export async function runWorker(bundle: string, text: string, sandbox: Sandbox): Promise<Result> {
  const { Miniflare } = require("miniflare") as { Miniflare: new (options: object) => Miniflare };
  const files = await readdir(bundle);
  const modules = files
    .sort((one, other) => Number(one.endsWith(".wasm")) - Number(other.endsWith(".wasm")))
    .map((name) => ({
      type: name.endsWith(".wasm") ? "CompiledWasm" : "ESModule",
      path: join(bundle, name),
    }));
  const objects = [...text.matchAll(/(\w+): DurableObjectNamespace<(\w+)>/g)];
  const miniflare = new Miniflare({
    modules,
    modulesRoot: bundle,
    compatibilityDate: "2026-04-01",
    bindings: { SECRET_ID: KEYS.SecretId, SECRET_KEY: KEYS.SecretKey },
    r2Buckets: ["BUCKET"],
    durableObjects: Object.fromEntries(
      objects.map(([, binding = "", className]) => [binding, { className, useSQLite: true }]),
    ),
    outboundService: { external: { address: `127.0.0.1:${sandbox.emulator.port}`, http: {} } },
  });
  try {
    const { method, path } = requestOf(text);
    const body = new Uint8Array(await readFile(join(sandbox.folder, "photo.jpg")));
    const bucket = await miniflare.getR2Bucket("BUCKET");
    await bucket.put(decodeURIComponent(path.slice(1)), body);
    const hasBody = method === "PUT" || method === "POST";
    const response = await miniflare.dispatchFetch(`https://worker.example${path}`, {
      method,
      ...(hasBody ? { body } : {}),
    });
    return { status: response.status, body: await response.text() };
  } finally {
    await miniflare.dispose();
  }
}
