// Deno, Bun, and Workers by wrangler.
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../../../scripts/bootstrap.mjs";
import { binaries } from "../../../tools/runtimes/install.mjs";
import { copyProgram, run, runUser } from "../rig.mjs";

const workers = `${root}tools/workers/`;
const quiet = { DENO_NO_UPDATE_CHECK: "1", DENO_DIR: `${root}.cache/deno` };

export const rows = [
  {
    name: "Deno: @cosup/deno by npm:",
    run: async (rig) => {
      const program = copyProgram("use-deno.mjs", rig.folder("deno"));
      await runUser(binaries.deno, ["run", "-A", program, rig.endpoint, "npm:@cosup/deno@"], {
        cwd: rig.project,
        env: quiet,
      });
    },
  },
  {
    name: "Deno: @cosup/deno from its sources, as JSR has it",
    run: async (rig) => {
      const program = copyProgram("use-deno.mjs", rig.elsewhere("jsr"));
      const source = pathToFileURL(`${root}packages/deno/mod.ts`).href;
      const words = ["run", "-A", "--config", `${root}deno.json`, program, rig.endpoint, source];
      await runUser(binaries.deno, words, { cwd: root, env: quiet });
    },
  },
  ...["core", "deno"].map((name) => ({
    name: `deno publish --dry-run: @cosup/${name}`,
    run: async () => {
      const words = ["publish", "--dry-run", "--allow-dirty"];
      const printed = await run(binaries.deno, words, { cwd: `${root}packages/${name}`, env: quiet });
      if (!/Dry run complete/i.test(printed)) throw new Error(printed);
    },
  })),
  {
    name: "Deno: @cosup/node names the right package",
    run: async (rig) => {
      const program = copyProgram("use.mjs", rig.folder("node in deno"));
      const options = { cwd: rig.project, env: quiet };
      const words = ["run", "-A", program, rig.endpoint];
      const reason = await run(binaries.deno, words, options).catch((error) => error.message);
      if (!/@cosup\/node runs in Node and Bun: use @cosup\/deno in Deno/.test(reason))
        throw new Error(reason);
    },
  },
  ...["mjs", "cjs"].map((ending) => ({
    name: `Bun, ${ending === "mjs" ? "import" : "require"}`,
    run: async (rig) => {
      const program = copyProgram("use.mjs", rig.folder("bun"), `use.${ending}`);
      await runUser(binaries.bun, ["run", program, rig.endpoint]);
    },
  })),
  {
    name: "a Worker, bundled by wrangler, in workerd",
    run: async (rig) => {
      const folder = rig.folder("worker");
      const main = copyProgram("worker.mjs", folder);
      const config = join(folder, "wrangler.json");
      writeFileSync(config, JSON.stringify({ name: "w", main, compatibility_date: "2026-04-01" }));
      const out = join(folder, "out");
      const words = ["deploy", "--dry-run", "--outdir", out, "--config", config];
      const env = { WRANGLER_SEND_METRICS: "false", WRANGLER_LOG_PATH: join(rig.home, "logs"), CI: "1" };
      await run(process.execPath, [`${workers}node_modules/wrangler/bin/wrangler.js`, ...words], {
        cwd: folder,
        env,
      });
      await inWorkerd(out, rig.endpoint);
    },
  },
];

/** Calls the Worker once. */
async function inWorkerd(out, endpoint) {
  const { Miniflare } = createRequire(`${workers}package.json`)("miniflare");
  const wasm = readdirSync(out).filter((file) => file.endsWith(".wasm"));
  if (wasm.length !== 1) throw new Error(`expected one WASM file, not ${readdirSync(out)}`);
  const script = join(out, "worker.js");
  if (!existsSync(script)) throw new Error(`expected worker.js, not ${readdirSync(out)}`);
  const miniflare = new Miniflare({
    modules: [
      { type: "ESModule", path: script },
      ...wasm.map((file) => ({ type: "CompiledWasm", path: join(out, file) })),
    ],
    modulesRoot: out,
    compatibilityDate: "2026-04-01",
    bindings: { ENDPOINT: endpoint },
  });
  try {
    const response = await miniflare.dispatchFetch("http://worker.test/");
    const text = await response.text();
    if (text !== "used") throw new Error(text);
  } finally {
    await miniflare.dispose();
  }
}
