import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  createEmulator,
  type Emulator,
  type EmulatorResponse,
  HangUp,
  type HangUpManner,
  type Instruction,
} from "../../src/index.ts";
import { BUCKET, HOST, textIn } from "../rig.ts";

let data: string;
let emulator: Emulator;
const slept: number[] = [];
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "cos-emulator-"));
  emulator = createEmulator({
    data,
    buckets: [BUCKET],
    credentials: [],
    anonymous: true,
    faults: true,
    sleep: async (ms) => {
      slept.push(ms);
    },
  });
});
afterAll(async () => {
  await emulator.close();
  await rm(data, { recursive: true, force: true });
});

async function* content(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

function put(key: string, instruction: Instruction): Promise<EmulatorResponse> {
  emulator.faults.install("run", [instruction]);
  return emulator.handle({
    method: "PUT",
    target: `/${key}`,
    headers: { host: HOST, "content-length": "4", "x-cosup-run": "run" },
    body: content("body"),
  });
}

async function textOf(response: EmulatorResponse): Promise<string> {
  if (response.body === undefined || typeof response.body === "string") return response.body ?? "";
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const exists = async (key: string): Promise<boolean> =>
  (await emulator.handle({ method: "HEAD", target: `/${key}`, headers: { host: HOST } })).status === 200;

test.each([
  ["before-accept", "reset", false],
  ["after-2-bytes-of-request", "silence", false],
  ["after-body-before-commit", "fin", false],
  ["after-commit-before-response", "reset", true],
  ["after-0-bytes-of-response", "silence", true],
  ["after-50-bytes-of-response", "fin", true],
] as const)("%s %s: handle() rejects and says how", async (when, fault, committed) => {
  const response = put(when, { op: "PutObject", when, fault });
  await expect(response).rejects.toThrow(HangUp);
  await expect(response).rejects.toMatchObject({ manner: fault satisfies HangUpManner });
  expect(await exists(when)).toBe(committed);
  emulator.faults.expectAllFired("run");
});

test("a response that stops in its body fails while it is read", async () => {
  await put("whole", { op: "*", when: "before-headers", fault: { kind: "delay", ms: 5 } });
  emulator.faults.install("run", [{ op: "GetObject", when: "after-600-bytes-of-response", fault: "reset" }]);
  const request = { method: "PUT", target: "/large", headers: { host: HOST, "content-length": "1000" } };
  await emulator.handle({ ...request, body: content("x".repeat(1000)) });
  const headers = { host: HOST, "x-cosup-run": "run" };
  const response = await emulator.handle({ method: "GET", target: "/large", headers });
  expect([response.status, response.wire]).toEqual([200, undefined]);
  await expect(textOf(response)).rejects.toMatchObject({ manner: "reset" });
});

test("delays use the given sleep function", async () => {
  slept.length = 0;
  await put("slow", {
    op: "PutObject",
    when: "before-headers",
    fault: { kind: "slow-read", bytesPerSecond: 1 },
  });
  expect(slept).toEqual([1000, 1000, 1000, 1000]);
  slept.length = 0;
  await put("late", {
    op: "PutObject",
    when: "after-0-bytes-of-response",
    fault: { kind: "delay", ms: 3_600_000 },
  });
  expect(slept).toEqual([3_600_000]);
});

test("responses are as scripted", async () => {
  const response = await put("busy", {
    op: "*",
    when: "before-headers",
    fault: { kind: "status", code: "SlowDown", requestId: false },
  });
  expect([response.status, textIn(await textOf(response), "Code")]).toEqual([503, "SlowDown"]);
  expect(response.headers).not.toHaveProperty("x-cos-request-id");
});

test("the control API refuses a request of unknown origin", async () => {
  const response = await emulator.handle({
    method: "PUT",
    target: "/_cosup/faults/run",
    headers: { host: "127.0.0.1" },
    body: content("[]"),
  });
  expect(response.status).toBe(403);
});
