// node test/resizable-views/run.mjs: tries in each runtime which host calls take a view of WASM memory that is resizable
// (`WebAssembly.Memory.prototype.toResizableBuffer`), and writes the table of docs/wasm-memory.md.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { replaceBetweenMarkers } from "../../bench/harness/documents.mjs";
import { binaries } from "../../tools/runtimes/install.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../../", import.meta.url));
const { Miniflare, Response: MiniflareResponse } = createRequire(`${root}tools/workers/package.json`)(
  "miniflare",
);

/** A server that responds with the bytes that it got. */
async function startEcho() {
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    response.end(Buffer.concat(chunks));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { server, origin: `http://127.0.0.1:${port}` };
}

/** @param {string[]} command @param {object} given */
async function runProgram([program = "", ...flags], given) {
  const child = spawn(program, [...flags, `${here}program.mjs`, JSON.stringify(given)], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", DENO_DIR: `${root}.cache/deno` },
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
  });
  await once(child, "close");
  return JSON.parse(text.trim().split("\n").at(-1) ?? "");
}

async function runWorker() {
  // The newest, in place of miniflare's own.
  process.env.MINIFLARE_WORKERD_PATH = binaries.workerd;
  const files = ["worker.mjs", "try-all.mjs", "cases.mjs", "system-calls.mjs"];
  const miniflare = new Miniflare({
    modules: files.map((file) => ({ type: "ESModule", path: join(here, file) })),
    modulesRoot: here,
    compatibilityDate: "2026-04-01",
    compatibilityFlags: ["nodejs_compat"],
    r2Buckets: ["R2"],
    kvNamespaces: ["KV"],
    durableObjects: { SHELF: { className: "Shelf", useSQLite: true } },
    serviceBindings: {
      ECHO: async (/** @type {Request} */ request) => new MiniflareResponse(await request.arrayBuffer()),
    },
  });
  try {
    return await (await miniflare.dispatchFetch("http://localhost/")).json();
  } finally {
    await miniflare.dispose();
  }
}

const versions = {
  Node: versionOf(binaries.node26),
  Deno: versionOf(binaries.deno),
  Bun: versionOf(binaries.bun),
  workerd: versionOf(binaries.workerd),
};
const { server, origin } = await startEcho();
const folder = await mkdtemp(join(tmpdir(), "cosup-views-"));
const undici = new URL("node_modules/undici/index.js", `file://${root}`).href;
const results = {
  Node: await runProgram([binaries.node26], { origin, folder, undici }),
  Deno: await runProgram([binaries.deno, "run", "--allow-all", "--quiet"], { origin, folder }),
  Bun: await runProgram([binaries.bun], { origin, folder }),
  workerd: await runWorker(),
};
await replaceBetweenMarkers("docs/wasm-memory.md", table(), "calls");
console.log(table());
server.close();
await rm(folder, { recursive: true, force: true });

function table() {
  const names = Object.keys(results);
  /** @type {Map<string, string[]>} by the name of the call, a cell for each runtime */
  const rows = new Map();
  for (const [column, { verdicts }] of Object.values(results).entries()) {
    for (const verdict of verdicts) {
      const row = rows.get(verdict.name) ?? names.map(() => "–");
      row[column] = cell(verdict);
      rows.set(verdict.name, row);
    }
  }
  const lines = [...rows].map(([name, cells]) => `| ${name} | ${cells.join(" | ")} |`);
  const head = names.map((name) => `${name} ${versions[name]}`).join(" | ");
  return [`| call | ${head} |`, `|---|${"---|".repeat(names.length)}`, ...lines].join("\n");
}

/** @param {{ fixed: string, resizable: string }} verdict */
function cell({ fixed, resizable }) {
  if (resizable === "taken") return "yes";
  if (resizable.startsWith("taken")) return resizable.replace("taken", "yes");
  const what = `**no**: ${resizable.replace(/^refused: /, "").replaceAll("|", "/")}`;
  return fixed === resizable ? `${what}; of fixed memory neither` : what;
}

/** @param {string} program */
function versionOf(program) {
  const [line = ""] = execFileSync(program, ["--version"], { encoding: "utf8" }).split("\n");
  return /\d+(?:[.-]\d+)+/.exec(line)?.[0] ?? line;
}
