import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pseudoRandomBytes } from "../fixtures/pseudo-random.ts";

const isBuiltHere = process.platform === "linux" && process.arch === "x64";
const BUCKET = "demo-1250000000";

/**
 * The script refuses an executable that names the folder of the repository, so what works here works without it. Where such a name
 * was left in, `cosup emulator` could not open a data directory on another machine, and had no console.
 */
describe.skipIf(!isBuiltHere)("the command line as one file", () => {
  const folder = mkdtempSync(join(tmpdir(), "cosup-executable-"));
  const program = join(folder, "cosup");
  const children: ChildProcess[] = [];

  beforeAll(() => {
    const script = fileURLToPath(new URL("../../scripts/executable.mjs", import.meta.url));
    execFileSync(process.execPath, [script, "--out", program], { stdio: ["ignore", "ignore", "inherit"] });
  });
  afterAll(() => {
    for (const child of children) child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });

  /** Starts the emulator; resolves with its endpoint and the address of its console. */
  async function startEmulator(words: readonly string[]): Promise<{ endpoint: string; console: string }> {
    const child = spawn(program, ["emulator", "--port", "0", ...words], {
      cwd: folder,
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    let endpoint = "";
    for await (const line of createInterface({ input: child.stdout })) {
      endpoint = /endpoint\s+(\S+)/.exec(line)?.[1] ?? endpoint;
      const page = /console\s+(\S+)/.exec(line)?.[1];
      if (page !== undefined) return { endpoint, console: page };
    }
    throw new Error("the emulator ended");
  }

  it("runs the emulator on a data directory, and uploads and downloads a file", async () => {
    const { endpoint } = await startEmulator(["--data", join(folder, "data")]);
    const env = {
      ...process.env,
      COS_SECRET_ID: "AKIDcosupemulator",
      COS_SECRET_KEY: "cosup-emulator-secret-key",
      COS_ENDPOINT: endpoint,
      COSUP_STATE_DIR: join(folder, "state"),
    };
    const bytes = pseudoRandomBytes(3 * 1024 * 1024 + 1, 7);
    writeFileSync(join(folder, "file"), bytes);
    const run = (...words: string[]): Buffer =>
      execFileSync(program, words, { cwd: folder, env, stdio: "pipe" });
    run("cp", "file", `cos://${BUCKET}/file`, "--part-size", "1MiB");
    run("cp", `cos://${BUCKET}/file`, "back");
    expect(readFileSync(join(folder, "back")).equals(bytes)).toBe(true);
  });

  it("has the files of the emulator's console", async () => {
    const { console: page } = await startEmulator(["--memory"]);
    const opened = await fetch(page, { redirect: "manual" });
    const cookie = opened.headers.get("set-cookie")?.split(";")[0] ?? "";
    const get = (path: string): Promise<Response> => fetch(new URL(path, page), { headers: { cookie } });
    expect(await (await get("/_cosup/console")).text()).toContain("<title>cosup emulator</title>");
    const types = ["main.js", "icon.svg"].map(async (name) => {
      const { status, headers } = await get(`/_cosup/console/${name}`);
      return [status, headers.get("content-type")];
    });
    expect(await Promise.all(types)).toEqual([
      [200, "text/javascript; charset=utf-8"],
      [200, "image/svg+xml"],
    ]);
  });
});
