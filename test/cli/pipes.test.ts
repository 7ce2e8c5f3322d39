import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { mkdir, realpath, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUCKET, jsonLines, openRig, type Rig, SCRIPT, slowParts, startShell } from "./rig.ts";

const AT = `cos://${BUCKET}`;
let rig: Rig;
beforeAll(async () => {
  rig = await openRig([slowParts(300)]);
  await mkdir(join(rig.folder, "site"));
  for (const name of ["a", "b"]) await writeFile(join(rig.folder, "site", name), name);
  await rig.file("site/large", 24_000_000);
  execFileSync("mkfifo", [join(rig.folder, "pipe")]);
});
afterAll(() => rig.close());

const cosup = `"${process.execPath}" "${SCRIPT}"`;

/** Whether a process has a file open. */
function hasOpen(pid: number | undefined, path: string): boolean {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).some((name) => readlinkSync(join(folder, name)) === path);
  } catch {
    // One of them was closed in between.
    return false;
  }
}

/** Runs a command whose pipe has no writer, and interrupts it when it reads. */
async function interrupted(words: readonly string[]) {
  const running = rig.start(words);
  const pipe = await realpath(join(rig.folder, "pipe"));
  while (!hasOpen(running.child.pid, pipe)) await wait(20);
  running.child.kill("SIGINT");
  return running.ended;
}

describe.skipIf(process.platform === "win32")("a pipe that has no other end", () => {
  // Only procfs tells that a process has opened it.
  it
    .runIf(existsSync("/proc/self/fd"))
    .each([
      [["cp", "-r", "site", `${AT}/pipes/`, "--files-from", "pipe"]],
      [["sync", "site", `${AT}/pipes/`, "--exclude-from", "pipe"]],
      [["cp", "-r", `${AT}/pipes/`, "back", "--exclude-from", "pipe"]],
      [["rm", "-r", `${AT}/pipes/`, "--yes", "--files-from", "pipe"]],
      [["check", "site", `${AT}/pipes/`, "--files-from", "pipe"]],
    ])("%j ends with Ctrl-C", async (words) => {
    expect(await interrupted(words)).toEqual({ code: 130, stdout: "", stderr: "cosup: interrupted\n" });
  });

  it("is refused for a report, at once", async () => {
    const run = await rig.run(["cp", "site/a", `${AT}/reported`, "--report", "pipe"]);
    expect(run).toMatchObject({ code: 2, stderr: expect.stringMatching(/pipe is a pipe that nobody reads/) });
  });

  it("is refused for a log, at once", async () => {
    const run = await rig.run(["stat", `${AT}/reported`, "--log-file", "pipe"]);
    expect(run).toMatchObject({ code: 2, stderr: expect.stringMatching(/it is a pipe that nobody reads/) });
  });

  it("is refused where it would be read twice", async () => {
    const run = await rig.run(["check", "--from", "pipe"]);
    expect(run).toMatchObject({ code: 2, stderr: expect.stringMatching(/must be a file and no pipe/) });
  });
});

describe.skipIf(process.platform === "win32")("a pipe", () => {
  it("can be a report, for a program that reads it", async () => {
    const command = `cat pipe & ${cosup} cp site/a ${AT}/reported --report pipe --quiet; wait`;
    const run = await startShell(command, { cwd: rig.folder, env: rig.env }).ended;
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(jsonLines(run)).toMatchObject([{ type: "stored", key: "reported", path: "site/a", size: 1 }]);
  });

  it("has no length that progress could know", async () => {
    const command = `cat site/large > pipe & ${cosup} cp pipe ${AT}/piped --json; wait`;
    const run = await startShell(command, { cwd: rig.folder, env: rig.env }).ended;
    const progress = jsonLines(run).filter(({ type }) => type === "progress");
    expect(progress.length).toBeGreaterThan(0);
    for (const line of progress) expect(line).toMatchObject({ total: null, etaMs: null });
    expect(jsonLines(run).at(-1)).toMatchObject({ uploaded: 1, bytes: 24_000_000 });
  });
});

it("a list that came from stdin is part of what resumes the command", async () => {
  const input = "large\n";
  const running = rig.start(["cp", "-r", "site", `${AT}/listed/`, "--files-from", "-", "--bwlimit", "2M"], {
    input,
  });
  await expect.poll(() => rig.requests.includes("UploadPart listed/large"), { timeout: 50_000 }).toBe(true);
  running.child.kill("SIGINT");
  const { code, stderr } = await running.ended;
  expect(code).toBe(130);
  expect(stderr).toMatch(
    /; acknowledged parts are kept\. To resume, run, with the same list on stdin:\n.* --files-from - /,
  );
});

it.skipIf(process.platform === "win32")("a working directory that was removed is told", async () => {
  const gone = `mkdir -p gone; cd gone; rmdir ../gone; ${cosup}`;
  for (const words of [`cp ${AT}/none ./x`, `cp -r . ${AT}/gone/`]) {
    const run = await startShell(`${gone} ${words}`, { cwd: rig.folder, env: rig.env }).ended;
    expect(run.stderr).toMatch(/the working directory does not exist any more: change to another one\n$/);
    expect(run.code).toBe(1);
  }
});

it("a link to nothing is told as a source that is missing, and not in the words of the system", async () => {
  await mkdir(join(rig.folder, "links"));
  await symlink("nothing", join(rig.folder, "links/dangling"));
  for (const words of [
    ["cp", "-r", "links", `${AT}/links/`],
    ["sync", "links", `${AT}/links/`],
  ]) {
    const run = await rig.run([...words, "--follow-symlinks", "--json"]);
    expect(run.stderr).toMatch(/^cosup: (dangling: )?\S+links\/dangling does not exist\n$/);
    expect(jsonLines(run)).toContainEqual(
      expect.objectContaining({ type: "error", code: "source-unreadable" }),
    );
    expect(run.code).toBe(4);
  }
});

/** Gives a program a terminal; of util-linux. */
const hasTerminal = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0;
it.runIf(hasTerminal).each([
  ["Ctrl-C", "\u0003"],
  ["Ctrl-D", "\u0004"],
])("%s in place of a reply is an interruption, and deletes nothing", async (_key, input) => {
  const env = { PATH: process.env.PATH, HOME: rig.folder, ...rig.env, TERM: "xterm" };
  const command = `${cosup} rm -r ${AT}/reported`;
  const child = spawn("script", ["-qec", command, "/dev/null"], { cwd: rig.folder, env });
  let shown = "";
  child.stdout.on("data", (chunk) => {
    // Not before: until then, the keys are not read by cosup.
    if (!shown.includes("[y/N]") && `${shown}${chunk}`.includes("[y/N]")) child.stdin.write(input);
    shown += String(chunk);
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect(shown).toMatch(/\[y\/N\].*\r\ncosup: interrupted\r\n$/s);
  expect(code).toBe(130);
});
