import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUCKET, type Running, SECRET_ID, SECRET_KEY, startCosup } from "./rig.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosup-emulator-faults-"));
  await writeFile(join(folder, "a.txt"), "hello");
  const exchange = { order: 1, method: "PUT", operation: "PutObject", attempt: 1, request: {}, faults: [{}] };
  await writeFile(join(folder, "wrong.json"), JSON.stringify({ version: 1, exchanges: [exchange] }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const WORDS = ["emulator", "--port", "0", "--memory", "--bucket", BUCKET];
const KEYS = ["--secret-id", SECRET_ID, "--secret-key", SECRET_KEY];

async function start(...words: string[]): Promise<{ running: Running; port: string }> {
  const running = startCosup([...WORDS, ...KEYS, ...words], { cwd: folder });
  const [, port = ""] = await running.line(/listening on http:\/\/127\.0\.0\.1:(\d+)/);
  return { running, port };
}

/** Copies objects without attempts of its own beyond the first three, and returns the exit codes. */
async function copy(port: string, names: readonly string[]): Promise<(number | string)[]> {
  const env = {
    COS_SECRET_ID: SECRET_ID,
    COS_SECRET_KEY: SECRET_KEY,
    COS_ENDPOINT: `http://127.0.0.1:${port}/{Bucket}`,
  };
  const codes: (number | string)[] = [];
  for (const name of names) {
    const words = ["cp", "a.txt", `cos://${BUCKET}/${name}`, "--max-attempts", "1"];
    codes.push((await startCosup(words, { cwd: folder, env }).ended).code ?? -1);
  }
  return codes;
}

async function stop(running: Running): Promise<string> {
  running.child.kill("SIGTERM");
  const { code, stdout, stderr } = await running.ended;
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
}

describe("cosup emulator with a slow line", () => {
  it("says so, and serves", async () => {
    const { running, port } = await start(
      "--link-rate",
      "1M",
      "--link-latency",
      "5ms",
      "--link-jitter",
      "2ms",
    );
    expect(await copy(port, ["slow"])).toEqual([0]);
    const stdout = await stop(running);
    expect(stdout).toContain("  link      1.0 MiB/s and 5 to 7 ms in each direction\n");
    expect(stdout).toMatch(/^control API http:\/\/127\.0\.0\.1:\d+\/_cosup\/link \(x-cosup-token: \w+\)$/m);
  });
});

describe("cosup emulator --replay", () => {
  it("injects the faults of a seed, lists them, and repeats some of them", async () => {
    const names = Array.from({ length: 8 }, (_, index) => `key-${index}`);
    const { running, port } = await start("--replay", "6");
    const codes = await copy(port, names);
    const stdout = await stop(running);
    expect(stdout).toMatch(/^seed 6: \d+ faults at \d+ requests$/m);
    expect(codes).toContain(0);
    const [, ids = ""] = /^ {2}again: --replay 6 --replay-faults ([\d,]+)$/m.exec(stdout) ?? [];
    expect(ids).not.toBe("");
    const second = await start("--replay", "6", "--replay-faults", ids);
    expect(await copy(second.port, names)).toEqual(codes);
    expect(await stop(second.running)).toContain(`--replay-faults ${ids}\n`);
  });
});

describe("cosup emulator --record", () => {
  it("writes what went wrong, and --play-back lets it go wrong again", async () => {
    const first = await start("--record", "failure.json", "--replay", "6");
    const names = Array.from({ length: 8 }, (_, index) => `key-${index}`);
    const codes = await copy(first.port, names);
    await stop(first.running);
    const text = await readFile(join(folder, "failure.json"), "utf8");
    const { version, exchanges } = JSON.parse(text);
    expect([version, exchanges.length]).toEqual([1, names.length]);
    expect(exchanges[0]).toMatchObject({ order: 1, operation: "PutObject", key: "key-0" });
    expect(text).not.toContain("q-signature");
    const second = await start("--play-back", "failure.json");
    expect(await copy(second.port, names)).toEqual(codes);
    expect(await stop(second.running)).toMatch(
      /^played back: [1-9]\d* went wrong again, 0 have not come, 0 requests are not in the recording, 0 are different$/m,
    );
  });
});

describe("cosup emulator refuses", () => {
  it.each<[string[], string]>([
    [["--link-rate", "0"], "--link-rate: link.bytesPerSecond: is 0; accepted: a whole number"],
    [["--link-rate", "fast"], "--link-rate"],
    [["--link-latency", "80"], "--link-latency"],
    [["--link-latency", "2h"], "--link-latency: link.latencyMs: is 7200000; accepted: milliseconds"],
    [["--link-seed", "-1"], "--link-seed: link.seed: is -1"],
    [["--replay", "-1"], "--replay: seed: is -1; accepted: a whole number from 0 to 4294967295"],
    [["--replay", "1", "--replay-faults", "a,b"], "It must be whole numbers: 12,34."],
    [["--replay", "1", "--replay-faults", "5000000000"], "--replay-faults: options.faults[0]: is 5000000000"],
    [["--replay-faults", "5"], "--replay-faults: needs --replay: the seed that the faults are of"],
    [["--replay", "1", "--faults", "a.json"], "--replay: excludes --faults"],
    [["--replay", "1", "--play-back", "a.json"], "--play-back: excludes --replay"],
    [["--play-back", "none.json"], "--play-back: none.json: ENOENT"],
    [["--play-back", "a.txt"], "--play-back: a.txt: "],
    [["--play-back", "wrong.json"], "--play-back: recording.exchanges[0].faults[0]"],
    [["--record", "none/failure.json"], "--record: none/failure.json: ENOENT"],
  ])("%j", async (words, message) => {
    const { code, stdout, stderr } = await startCosup([...WORDS, ...KEYS, ...words], { cwd: folder }).ended;
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
  });
});
