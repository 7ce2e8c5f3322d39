import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Middleware } from "@cosup/emulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasCommand } from "../../scripts/system-packages.mjs";
import { BUCKET, MiB, openRig, type Rig, randomBytes } from "./rig.ts";

const SCRIPT = fileURLToPath(new URL("../../packages/cli/bin/cosup.js", import.meta.url));
const SOCKET = `cosup-test-${process.pid}`;
const CHINESE = "夏天的照片/杭州西湖的日落和断桥残雪.jpg";

/** What is uploaded waits here, so that the screen does not change while a test looks at it. */
let release = (): void => {};
let held = Promise.resolve();
const hold: Middleware = async (call, next) => {
  const response = await next();
  if (call.operation === "PutObject" && !call.key.endsWith("small.txt")) await held;
  return response;
};

let rig: Rig;
beforeAll(async () => {
  rig = await openRig([hold]);
  const tree = join(rig.folder, "tree");
  await mkdir(join(tree, "夏天的照片"), { recursive: true });
  await writeFile(join(tree, CHINESE), randomBytes(2 * MiB));
  await writeFile(join(tree, "📦 box.zip"), randomBytes(MiB));
  await writeFile(join(tree, "a-small.txt"), "small");
});
afterAll(async () => {
  // Also after a failure: the emulator waits for its requests.
  release();
  try {
    tmux("kill-server");
  } catch {
    // It ends with its last session.
  }
  await rig?.close();
});

function tmux(...words: string[]): string {
  return execFileSync("tmux", ["-L", SOCKET, "-f", "/dev/null", ...words], { encoding: "utf8" });
}

/** Starts cosup in a terminal of this width. The shell stays, so that the screen can be read at the end. */
function open(name: string, columns: number, target: string): void {
  held = new Promise((resolve) => {
    release = resolve;
  });
  const variables = { ...rig.env, LC_ALL: "C.UTF-8", CI: "", HOME: rig.folder };
  const settings = Object.entries(variables).flatMap(([key, value]) => ["-e", `${key}=${value}`]);
  // The shell outlives a Ctrl-C, so that the screen can be read.
  const command = `trap : INT; cd '${rig.folder}'; '${process.execPath}' '${SCRIPT}' cp -r tree '${target}'; echo "exit $?"; sleep 600`;
  tmux("new-session", "-d", "-s", name, "-x", String(columns), "-y", "16", ...settings, "sh", "-c", command);
}

const screenOf = (name: string): string => tmux("capture-pane", "-p", "-t", name).trimEnd();

/** The screen without what the speed of the machine decides: the rate, and how much the sockets have taken. */
function withoutMoving(screen: string): string {
  return screen
    .replace(/^.*(B\/s|done).*$/m, "(speed)")
    .replace(/^[█▒░]+/, "(bar)")
    .replace(/ {2}\S+ MiB in flight/, "")
    .replace(/^ +\d+% {2}/gm, "    -%  ");
}

/** Polls the screen until it has this. */
async function shows(name: string, pattern: RegExp): Promise<string> {
  await expect.poll(() => screenOf(name), { timeout: 30_000, interval: 100 }).toMatch(pattern);
  return screenOf(name);
}

describe.skipIf(!hasCommand("tmux"))("in a terminal", () => {
  it.each([40, 80, 200])("of %i columns", async (columns) => {
    const name = `w${columns}`;
    open(name, columns, `cos://${BUCKET}/w${columns}/`);
    // The bar is there once the folder has been measured.
    const screen = await shows(name, /^[█▒░]+ [\s\S]*1 done[\s\S]*残雪/m);
    await expect(`${withoutMoving(screen)}\n`).toMatchFileSnapshot(`screens/tree-${columns}.txt`);
    release();
    const end = await shows(name, /exit 0/);
    // Nothing is left of the display.
    expect(end).toMatch(/^3 files uploaded, 3\.0 MiB in /);
    expect(end).not.toMatch(/[█▒░]|in flight|box\.zip/);
  });

  it("that is resized, and interrupted by Ctrl-C", async () => {
    open("resized", 120, `cos://${BUCKET}/resized/`);
    await shows("resized", /box\.zip/);
    tmux("resize-window", "-t", "resized", "-x", "50", "-y", "16");
    const screen = await shows("resized", /^[█▒░]{8,20} /m);
    expect(screen.match(/box\.zip/g)).toHaveLength(1);
    tmux("send-keys", "-t", "resized", "C-c");
    const end = await shows("resized", /exit 130/);
    release();
    expect(end).toMatch(/^cosup: interrupted at /);
    expect(end).not.toMatch(/[█▒░]/);
    expect(tmux("display-message", "-p", "-t", "resized", "#{cursor_flag}").trim()).toBe("1");
  });
});
