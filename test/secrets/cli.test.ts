import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Instruction, type RunningEmulator, startEmulator } from "@cosup/emulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MiB, type Run, type RunOptions, randomBytes, startCosup } from "../cli/rig.ts";
import { CANARY, Sweep } from "./canaries.ts";

const BUCKET = "secrets-1250000000";
const TO = `cos://${BUCKET}`;

let folder = "";
let emulator: RunningEmulator;
const sweep = new Sweep();
const stopListening = sweep.listen();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosup-cli-secrets-"));
  await mkdir(join(folder, "tree"));
  await mkdir(join(folder, "reports"));
  await writeFile(join(folder, "small.bin"), randomBytes(100));
  await writeFile(join(folder, "large.bin"), randomBytes(24 * MiB));
  await writeFile(join(folder, "tree", "one.txt"), "one");
  await writeFile(join(folder, "crash.mjs"), CRASH);
  emulator = await startEmulator({
    data: join(folder, "cos"),
    buckets: [BUCKET, "spare-1250000000"],
    credentials: [CANARY],
    faults: [],
  });
});
afterAll(async () => {
  stopListening();
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
});

const always = (fault: Instruction["fault"], op: Instruction["op"] = "*"): Instruction[] => [
  { op, when: "before-accept", fault, times: "forever" },
];

interface Scenario {
  readonly words: readonly string[];
  readonly code: Run["code"];
  readonly script?: readonly Instruction[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  /** Sent once the first part has been acknowledged. */
  readonly signal?: NodeJS.Signals;
  readonly says?: RegExp;
}

/** COS gives no response to the parts behind the fifth: an upload does not end by itself. */
const HALF_WAY: Instruction[] = [
  { op: "UploadPart", when: "before-headers", match: { nth: 6 }, times: "forever", fault: "silence" },
];
const LARGE = ["cp", "large.bin", `${TO}/`, "--concurrency", "2"];
const SMALL = ["cp", "small.bin", `${TO}/`, "--max-attempts", "1"];
/** A module that throws an unexpected error during an upload. */
const CRASH = "setTimeout(() => { throw new Error('unforeseen'); }, 900);";

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "an upload": { words: ["cp", "small.bin", `${TO}/`], code: 0 },
  "an upload in parts": { words: LARGE, code: 0 },
  "a folder": { words: ["cp", "-r", "tree", `${TO}/tree`], code: 0 },
  "a stream": { words: ["cp", "-", `${TO}/stream`], code: 0, input: "x" },
  "a look": { words: ["stat", `${TO}/nothing`], code: 1, says: /does not exist/ },
  "a list of uploads": { words: ["uploads", "ls", TO], code: 0 },
  "a wrong secret": { words: SMALL, code: 3, env: { COS_SECRET_KEY: `${CANARY.secretKey}x` } },
  "a wrong token": { words: SMALL, code: 3, env: { COS_TOKEN: `${CANARY.token}x` } },
  "a secret that is no text": { words: SMALL, code: 3, env: { COS_SECRET_KEY: `${CANARY.secretKey}\n` } },
  "half a pair": { words: SMALL, code: 3, env: { COS_SECRET_ID: undefined } },
  "a secret in the wrong place": {
    words: SMALL,
    code: 2,
    env: { COS_REGION: CANARY.secretKey, COS_ENDPOINT: undefined },
  },
  "a skewed clock": {
    words: SMALL,
    code: 3,
    script: always({ kind: "status", code: "RequestTimeTooSkewed" }),
  },
  "expired credentials": { words: SMALL, code: 3, script: always({ kind: "status", code: "ExpiredToken" }) },
  "a reset": { words: SMALL, code: 5, script: always("reset") },
  "a failure of the service": { words: SMALL, code: 5, script: always({ kind: "status", status: 503 }) },
  "a redirect": {
    words: SMALL,
    code: 5,
    script: always({ kind: "redirect", location: "http://127.0.0.1:1/" }),
  },
  "a closed port": { words: SMALL, code: 5, env: { COS_ENDPOINT: "http://127.0.0.1:1/{Bucket}" } },
  "SIGINT half-way": { words: LARGE, code: 130, script: HALF_WAY, signal: "SIGINT" },
  "SIGKILL half-way": { words: LARGE, code: "SIGKILL", script: HALF_WAY, signal: "SIGKILL" },
  "an unforeseen error": {
    words: LARGE,
    code: 1,
    script: HALF_WAY,
    env: { NODE_OPTIONS: "--report-uncaught-exception --report-on-fatalerror --import=./crash.mjs" },
    says: /unforeseen\n.* at /s,
  },
};

/** Runs a scenario with a new fault run and a new state directory. */
async function play(name: string, { words, env, script = [], input, signal }: Scenario): Promise<Run> {
  const run = name.replace(/[^a-z]+/gi, "-");
  emulator.faults.install(run, script);
  const options: RunOptions = {
    cwd: folder,
    env: {
      COS_SECRET_ID: `${CANARY.secretId}@${run}`,
      COS_SECRET_KEY: CANARY.secretKey,
      COS_TOKEN: CANARY.token,
      COS_REGION: "ap-guangzhou",
      COS_ENDPOINT: `${emulator.url}/{Bucket}`,
      COSUP_STATE_DIR: join(folder, "state", run),
      COSUP_DEBUG: "1",
      ...env,
    },
    ...(input !== undefined && { input }),
  };
  const running = startCosup([...words, "--json"], options);
  if (signal !== undefined) {
    await running.line(/"type":"progress","consumed":[1-9]/);
    running.child.kill(signal);
  }
  const ended = await running.ended;
  sweep.add(`${name}: stdout`, ended.stdout);
  sweep.add(`${name}: stderr`, ended.stderr);
  return ended;
}

describe("the command line shows no secret and no signature:", () => {
  test.each(Object.entries(SCENARIOS))("%s", async (name, scenario) => {
    const { code, stderr } = await play(name, scenario);
    expect(code).toBe(scenario.code);
    expect(stderr).toMatch(scenario.says ?? /^/);
    expect(sweep.hits()).toEqual([]);
  });

  test("nor in text output, without --json and COSUP_DEBUG", async () => {
    const env = { COS_ENDPOINT: `${emulator.url}/{Bucket}`, COS_SECRET_ID: CANARY.secretId };
    const run = await startCosup(SMALL, {
      cwd: folder,
      env: { ...env, COS_SECRET_KEY: `${CANARY.secretKey}x`, COS_REGION: "ap-guangzhou" },
    }).ended;
    expect(run.code).toBe(3);
    sweep.add("people", `${run.stdout}${run.stderr}`);
    expect(sweep.hits()).toEqual([]);
  });

  test("nor in the files that it leaves", () => {
    const state = sweep.addFiles("state", join(folder, "state"));
    const data = sweep.addFiles("data", join(folder, "cos"));
    expect(state.filter((file) => file.endsWith(".json")).length).toBeGreaterThanOrEqual(2);
    expect(state.some((file) => file.endsWith(".lock"))).toBe(true);
    expect(data.length).toBeGreaterThan(4);
    expect(sweep.signatures).toBeGreaterThan(20);
    expect(sweep.hits()).toEqual([]);
  });
});

test("a diagnostic report that Node writes during an upload has no secret either", async () => {
  emulator.faults.install("report", HALF_WAY);
  const running = startCosup([...LARGE, "--json"], {
    cwd: folder,
    env: {
      COS_SECRET_ID: `${CANARY.secretId}@report`,
      COS_SECRET_KEY: CANARY.secretKey,
      COS_TOKEN: CANARY.token,
      COS_SESSION_TOKEN: CANARY.token,
      TENCENTCLOUD_SECRET_KEY: CANARY.secretKey,
      COS_REGION: "ap-guangzhou",
      COS_ENDPOINT: `${emulator.url}/{Bucket}`,
      COSUP_STATE_DIR: join(folder, "reported"),
      NODE_OPTIONS: `--report-on-signal --report-directory=${join(folder, "reports")}`,
    },
  });
  await running.line(/"type":"progress","consumed":[1-9]/);
  running.child.kill("SIGUSR2");
  await expect.poll(() => readdir(join(folder, "reports"))).toHaveLength(1);
  // Heard only when the report is written to its end.
  running.child.kill("SIGINT");
  expect((await running.ended).code).toBe(130);
  const reports = new Sweep();
  expect(reports.addFiles("report", join(folder, "reports"))).toHaveLength(1);
  // The id names the key pair, and is not secret.
  expect(reports.hits().filter((hit) => !hit.endsWith("secretId"))).toEqual([]);
});

test("the emulator neither prints nor stores signatures", async () => {
  const env = {
    COS_SECRET_ID: CANARY.secretId,
    COS_SECRET_KEY: CANARY.secretKey,
    COS_REGION: "ap-guangzhou",
  };
  const own = join(folder, "own");
  const running = startCosup(["emulator", "--port", "0", "--data", own, "--bucket", BUCKET, "--verbose"], {
    cwd: folder,
    env,
  });
  const [, url = ""] = await running.line(/listening on (\S+)/);
  const to = { cwd: folder, env: { ...env, COS_TOKEN: CANARY.token, COS_ENDPOINT: `${url}/{Bucket}` } };
  // The token is one too many: refused, and the refusal is logged.
  expect((await startCosup(SMALL, to).ended).code).toBe(3);
  expect((await startCosup(SMALL, { ...to, env: { ...to.env, COS_TOKEN: undefined } }).ended).code).toBe(0);
  running.child.kill("SIGINT");
  const run = await running.ended;
  expect(run.stdout).toMatch(/403 - PUT.*200 PutObject PUT/s);
  const found = new Sweep();
  found.add("output", `${run.stdout}${run.stderr}`);
  expect(found.addFiles("data", own).length).toBeGreaterThan(1);
  found.add("q-signature", run.stdout.includes("q-signature") ? CANARY.secretKey : "");
  expect(found.hits()).toEqual([]);
});
