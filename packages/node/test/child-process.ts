import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "tsup";
import { afterAll, afterEach, beforeAll } from "vitest";

/** Starts a program of `children/` in a separate process. */
export interface Child {
  /** The next line that the child prints; undefined if it ends first. */
  line(): Promise<string | undefined>;
  /** Sends a line to it. */
  tell(text: string): void;
  /** Its exit code; null when a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Sends SIGKILL and waits for the end of the process. */
  kill(): Promise<void>;
}

let bundled = "";
const running: Child[] = [];

/** Bundles the children before the tests of a file (Node 20 runs no TypeScript), and ends the forgotten ones. */
export function useChildren(): void {
  beforeAll(async () => {
    bundled = await mkdtemp(join(tmpdir(), "cosup-children-"));
    await build({
      config: false,
      entry: [
        "save-checkpoints",
        "hold-lock",
        "lock-in-worker",
        "read-files",
        "upload-many",
        "send-once",
        "share-signal",
        "download-once",
      ].map((name) => fileURLToPath(new URL(`children/${name}.ts`, import.meta.url))),
      outDir: bundled,
      format: "esm",
      target: "node20",
      silent: true,
      outExtension: () => ({ js: ".mjs" }),
      noExternal: [/^@cosup\//, "undici"],
      // undici is CommonJS, and requires Node's modules at run time.
      banner: {
        js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
      },
      esbuildOptions: (options) => {
        options.conditions = ["source"];
      },
    });
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((child) => child.kill()));
  });
  afterAll(async () => {
    await rm(bundled, { recursive: true, force: true });
  });
}

export function startChild(name: string, ...parameters: string[]): Child {
  return adopt([process.execPath, join(bundled, `${name}.mjs`), ...parameters]);
}

/** Starts a child that may have only so many files open. */
export function startChildWithFewDescriptors(limit: number, name: string, ...parameters: string[]): Child {
  const program = [process.execPath, join(bundled, `${name}.mjs`), ...parameters];
  return adopt(["sh", "-c", `ulimit -n ${limit}; exec "$@"`, "sh", ...program]);
}

function adopt([command = "", ...parameters]: string[]): Child {
  const started = spawn(command, parameters, { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(started, "exit").then(([code]) => code);
  const lines = createInterface({ input: started.stdout })[Symbol.asyncIterator]();
  const child: Child = {
    exited,
    line: async () => (await lines.next()).value,
    tell: (text) => started.stdin.write(`${text}\n`),
    kill: async () => {
      started.kill("SIGKILL");
      await exited;
    },
  };
  running.push(child);
  return child;
}
