import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type EmulatorOptions, type RunningEmulator, startEmulator } from "@cosup/emulator";
import { createCos, type NodeCosClient } from "@cosup/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

// A second emulator stands for COS: nothing here has run against the real service.
const root = fileURLToPath(new URL("../../", import.meta.url));
const Bucket = "livebucket-1250000000";
const KEYS = { secretId: "AKIDlive", secretKey: "secretOfTheLiveBucket" };

let data: string;
let emulator: RunningEmulator | undefined;
let cos: NodeCosClient;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "cosup-stand-in-"));
});
afterEach(async () => {
  await cos?.close();
  await emulator?.close();
  await rm(data, { recursive: true, force: true, maxRetries: 10 });
});

async function startStandIn(middleware: NonNullable<EmulatorOptions["middleware"]> = []): Promise<string> {
  emulator = await startEmulator({ data, buckets: [Bucket], credentials: [KEYS], middleware });
  const Endpoint = `${emulator.url}/{Bucket}`;
  const { secretId: SecretId, secretKey: SecretKey } = KEYS;
  cos = createCos({ Region: "ap-guangzhou", SecretId, SecretKey, Endpoint });
  return Endpoint;
}

/** Runs the command with these variables, and none of this process's that belong to it. */
function testLive(variables: Record<string, string>, ...words: string[]) {
  const env = { PATH: process.env.PATH ?? "", HOME: data, COSUP_LIVE_BUILT: "1", ...variables };
  const child = spawn(process.execPath, [`${root}scripts/test-live.mjs`, ...words], { cwd: root, env });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  return new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}

const variables = (endpoint: string) => ({
  COSUP_LIVE_BUCKET: Bucket,
  COSUP_LIVE_REGION: "ap-guangzhou",
  COSUP_LIVE_SECRET_ID: KEYS.secretId,
  COSUP_LIVE_SECRET_KEY: KEYS.secretKey,
  COSUP_LIVE_ENDPOINT: endpoint,
});

// Each run starts two processes and loads all cases.
describe("npm run test:live", { timeout: 240_000 }, () => {
  it("runs nothing without its variables", async () => {
    const { COSUP_LIVE_SECRET_KEY: _, ...rest } = variables("http://127.0.0.1:1/{Bucket}");
    const { code, output } = await testLive(rest);
    expect(code).toBe(2);
    expect(output).toContain("needs COSUP_LIVE_SECRET_KEY");
  });

  it("finds no difference in a bucket that behaves as the emulator, and leaves only what was there", async () => {
    const endpoint = await startStandIn();
    await cos.putObject({ Bucket, Key: "mine.txt", Body: "mine" });
    const { UploadId } = await cos.createMultipartUpload({ Bucket, Key: "cosup-live" });
    const { code, output } = await testLive(
      variables(endpoint),
      "--only",
      "completeMultipartUpload() takes ETags",
    );
    expect(output).toMatch(/^\d+ the same, 0 differ, \d+ not run$/m);
    expect(output).toMatch(/^removed [1-9]\d* objects and \d+ unfinished uploads; 0 left$/m);
    expect(output).not.toContain(KEYS.secretKey);
    expect(code).toBe(0);
    expect((await cos.headObject({ Bucket, Key: "mine.txt" })).ContentLength).toBe(4);
    const { Upload } = await cos.listMultipartUploads({ Bucket });
    expect(Upload.map((upload) => upload.UploadId)).toEqual([UploadId]);
  });

  it("reports what a bucket does differently, without a secret", async () => {
    const endpoint = await startStandIn([
      async (call, next) => {
        const response = await next();
        // This bucket forgets one header, and has one more.
        const kept = Object.entries(response.headers).filter(
          ([name]) => call.method !== "HEAD" || name.toLowerCase() !== "cache-control",
        );
        const headers = Object.fromEntries([...kept, ["x-cos-new", KEYS.secretKey]]);
        return { ...response, headers };
      },
    ]);
    const { code, output } = await testLive(variables(endpoint), "--only", "putObject() stores Ca");
    expect(output).toMatch(/^DIFFERS putObject\(\) stores CacheControl$/m);
    expect(output).toMatch(/^ {2}HeadObject 200: .*\+x-cos-new/m);
    expect(output).toMatch(/, 1 differ, /);
    expect(output).not.toContain(KEYS.secretKey);
    expect(code).toBe(1);
  });
});
