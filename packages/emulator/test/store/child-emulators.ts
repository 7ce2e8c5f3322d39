import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsup";
import { BUCKET } from "../rig.ts";

/** An emulator in a process of its own. */
export interface ChildEmulator {
  readonly child: ChildProcess;
  /** Address of the bucket. */
  readonly url: string;
  /** Resolves when the process is gone. */
  kill(): Promise<void>;
}

/** Starts emulators as processes. */
export interface ChildEmulators {
  /** For data; deleted at the end. */
  readonly directory: string;
  /**
   * Rejects with the message of the emulator if it does not start.
   * @param gone its working directory, which is deleted before it starts
   */
  start(data: string, gone?: string): Promise<ChildEmulator>;
  stop(): Promise<void>;
}

/** Bundles the emulator, so that each process starts fast. */
export async function bundleEmulator(): Promise<ChildEmulators> {
  const directory = await mkdtemp(join(tmpdir(), "cos-emulator-"));
  await mkdir(join(directory, "node_modules"));
  // The one package that is not a part of the bundle: it reads a file beside itself.
  const database = dirname(createRequire(import.meta.url).resolve("node-sqlite3-wasm/package.json"));
  await symlink(database, join(directory, "node_modules", "node-sqlite3-wasm"));
  await build({
    config: false,
    silent: true,
    entry: { server: fileURLToPath(new URL("../child-server.ts", import.meta.url)) },
    outDir: join(directory, "bundle"),
    format: "esm",
    target: "node20",
    outExtension: () => ({ js: ".mjs" }),
    noExternal: [/^(?!node-sqlite3-wasm$)/],
    external: ["node-sqlite3-wasm"],
    // The parser of forms is CommonJS, which needs require().
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  const server = join(directory, "bundle", "server.mjs");
  const children = new Set<ChildProcess>();
  return {
    directory,
    start(data, gone) {
      const child = fork(server, [data, BUCKET, ...(gone === undefined ? [] : [gone])]);
      children.add(child);
      return started(child);
    },
    async stop() {
      for (const child of children) child.kill("SIGKILL");
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function started(child: ChildProcess): Promise<ChildEmulator> {
  const gone = once(child, "exit");
  const port = await new Promise<number>((resolve, reject) => {
    child.once("message", ({ port, error }: { port?: number; error?: string }) => {
      if (port === undefined) reject(new Error(error));
      else resolve(port);
    });
    child.once("exit", () => reject(new Error("the emulator did not start")));
  });
  return {
    child,
    url: `http://127.0.0.1:${port}/${BUCKET}`,
    async kill() {
      child.kill("SIGKILL");
      await gone;
    },
  };
}
