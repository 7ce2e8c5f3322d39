// node server.mjs: serves the page, and signs the requests that it may send. README.md has the settings.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createCos } from "@cosup/node";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));

/** The query parameters of each request that an upload sends to an object. */
const UPLOADS = {
  PUT: ["partNumber", "uploadId"],
  POST: ["uploads", "uploadId"],
  GET: ["uploadId", "part-number-marker", "max-parts", "encoding-type"],
  HEAD: [],
  DELETE: ["uploadId"],
};

/**
 * Whether the page may send a request: one of an upload, to an object below `uploads/`. Check here, too, who asks.
 * GET and DELETE without an upload would read and delete the object.
 */
export function mayUpload(request, Bucket) {
  const allowed = UPLOADS[request.Method];
  const names = Object.keys(request.Query ?? {});
  if (allowed === undefined || request.Bucket !== Bucket || !request.Key?.startsWith("uploads/"))
    return false;
  const ofUpload = names.includes("uploadId") || !["GET", "DELETE"].includes(request.Method);
  return ofUpload && names.every((name) => allowed.includes(name));
}

/** Starts the server. `client` is what `createCos` of the page and of the server need alike: Region, or Endpoint. */
export async function startServer({ client, Bucket, SecretId, SecretKey }, port = 8080) {
  const cos = createCos({ ...client, SecretId, SecretKey });
  const page = await readFile(`${here}page.html`);
  const script = await bundle();
  const routes = {
    "GET /": async () => ["text/html; charset=utf-8", page],
    "GET /page.js": async () => ["text/javascript", script],
    "GET /settings": async () => ["application/json", JSON.stringify({ client, Bucket })],
    "POST /sign": async (body) => {
      const { Method, Bucket: asked, Key, Query, Headers } = JSON.parse(body);
      const request = { Method, Bucket: asked, Key, Query, Headers };
      return mayUpload(request, Bucket)
        ? ["application/json", JSON.stringify(await cos.sign(request))]
        : undefined;
    },
  };
  const server = createServer(async (request, response) => {
    try {
      const body = await text(request);
      const found = await routes[`${request.method} ${request.url}`]?.(body);
      if (found === undefined) return response.writeHead(403).end();
      response.writeHead(200, { "content-type": found[0], "cache-control": "no-store" }).end(found[1]);
    } catch {
      response.writeHead(400).end();
    }
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return server;
}

async function bundle() {
  const { outputFiles } = await build({
    entryPoints: [`${here}page.js`],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    platform: "browser",
    logLevel: "error",
  });
  return outputFiles[0].text;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { COS_REGION: Region, COS_BUCKET: Bucket, COS_ENDPOINT: Endpoint } = process.env;
  const { COS_SECRET_ID: SecretId, COS_SECRET_KEY: SecretKey, PORT = "8080" } = process.env;
  await startServer({ client: { Region, Endpoint }, Bucket, SecretId, SecretKey }, Number(PORT));
  console.log(`http://127.0.0.1:${PORT}`);
}
