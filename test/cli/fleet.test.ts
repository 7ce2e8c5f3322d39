import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort, hasRedis, type RedisServer, startRedis } from "../../packages/fleet/test/support/redis.ts";
import { BUCKET, openRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

test("without Redis, one line says what to do, and the exit code is 5", async () => {
  const port = await freePort();
  const run = await rig.run(["fleet", "status", "--redis", `redis://user:hunter2@127.0.0.1:${port}`]);
  expect(run).toMatchObject({ code: 5, stdout: "" });
  expect(run.stderr).toMatch(
    /^cosup: Redis at 127\.0\.0\.1:\d+ cannot be used \([^\n]*\): start redis-server[^\n]*\n$/,
  );
  expect(run.stderr).not.toContain("hunter2");
});

describe.skipIf(!hasRedis)("cosup fleet", () => {
  let server: RedisServer;
  let env: Record<string, string>;
  const fleet = (...words: readonly string[]): ReturnType<Rig["run"]> =>
    rig.run(["fleet", ...words], { env });
  beforeAll(async () => {
    server = await startRedis();
    env = { COSUP_REDIS: server.url };
  });
  afterAll(() => server.close());

  test("enqueue, work, status, report, retry", async () => {
    for (const name of ["a.bin", "b.bin"]) await rig.file(name, 5000);
    const lines = ["a.bin", "missing.bin", "b.bin"].map((name) =>
      JSON.stringify({ source: name, key: name }),
    );
    await writeFile(join(rig.folder, "manifest.jsonl"), `${lines[0]}\nno JSON\n${lines[1]}\n${lines[2]}\n`);
    const place = ["manifest.jsonl", `cos://${BUCKET}/in/`, "--run", "first"];

    expect(await fleet("status")).toMatchObject({
      code: 1,
      stderr: /Redis has no run: enqueue a manifest first/,
    });
    expect(await fleet("enqueue", ...place)).toMatchObject({
      stdout: "",
      stderr: /^cosup: run first has a part of the manifest: enqueue again with --run first\n[^\n]*line 2/,
    });
    expect((await fleet("status")).stdout).toMatch(
      /^run first: enqueuing stopped \(manifest line 2: [^\n]*\); enqueue again with --run first\n/,
    );
    const skipped = await fleet("enqueue", ...place, "--skip-bad-lines");
    expect(skipped).toMatchObject({ code: 1, stderr: /^cosup: left out: [^\n]*line 2/ });
    expect(skipped.stdout).toBe("run first: 3 objects in the manifest, 1 job added to the queue\n");
    const twice = await fleet("enqueue", ...place, "--skip-bad-lines");
    expect(twice.stdout).toBe("run first: 3 objects in the manifest, nothing to add\n");
    expect((await fleet("status")).stdout).toContain("run first: under way\n  0 of 3 objects stored");

    const worker = rig.start(["fleet", "work", "--concurrency", "4"], { env });
    await worker.line(/^working;/);
    const watched = await fleet("status", "--watch", "--json");
    const last = JSON.parse(watched.stdout.trim().split("\n").at(-1) ?? "");
    expect(last).toMatchObject({ type: "status", isFinished: true, objects: 3, done: 2, failed: 1 });
    worker.child.kill("SIGTERM");
    const ended = await worker.ended;
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain("in/a.bin  5000 bytes\n");
    expect(ended.stderr).toMatch(/^cosup: in\/missing\.bin: /m);

    const report = await fleet("report");
    const crc64 = (await rig.run(["hash", "--json", "a.bin"])).stdout;
    expect(report).toMatchObject({ code: 1, stderr: "" });
    expect(report.stdout).toContain(`${JSON.parse(crc64).crc64}  5000  in/a.bin\n`);
    expect(report.stdout).toMatch(/^failed \(source-not-found, line 3\) {2}in\/missing\.bin: /m);
    expect(report.stdout).toContain(
      "run first: 2 objects stored, 1 failed, 0 unfinished uploads; finished\n",
    );

    await rig.file("missing.bin", 10);
    expect((await fleet("retry")).stdout).toBe("run first: 1 object added to the queue again\n");
    const again = await fleet("work", "--json", "--until-finished", "first");
    expect(again).toMatchObject({ code: 0, stdout: /"type":"done".*missing\.bin/ });
    const complete = await fleet("report", "--json");
    expect(complete.code).toBe(0);
    expect(JSON.parse(complete.stdout.trim().split("\n").at(-1) ?? "")).toEqual({
      ...{ type: "summary", run: "first", objects: 3, failed: 0, uploads: 0, isFinished: true },
    });
  });

  test("the report says what to do about a failure", async () => {
    const server = createServer((_, response) => response.writeHead(403).end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const entry = { source: `http://127.0.0.1:${port}/f?X-Amz-Signature=5ec2e7`, key: "f" };
    await writeFile(join(rig.folder, "url.jsonl"), JSON.stringify(entry));
    await fleet("enqueue", "url.jsonl", `cos://${BUCKET}`, "--run", "url");
    await fleet("work", "--until-finished", "url");
    expect((await fleet("report", "--run", "url")).stdout).toMatch(
      /^failed [^\n]*\/f responds with HTTP 403 \(a presigned URL may have expired: make the manifest again\)\n/,
    );
    server.close();
  });

  test.each([
    [
      ["work", "--concurrency", "0"],
      "option '--concurrency <n>' argument '0' is invalid. It must be a whole number, 1 to 1000.",
    ],
    [["work", "--queue", "a:b"], "queue: must be letters, digits, '_', '.' or '-' (--queue)"],
    [["status", "--queue", "a b"], "queue: must be letters, digits, '_', '.' or '-' (--queue)"],
    [
      ["status", "--redis", "http://127.0.0.1"],
      "connection: must be redis://HOST:PORT/DATABASE, or rediss:// for TLS (--redis)",
    ],
    [["enqueue", ".", `cos://${BUCKET}`], "manifest: . is a directory, not a manifest"],
  ])("%j is refused, and its flag is named", async (words, text) => {
    expect(await fleet(...words)).toMatchObject({ code: 2, stdout: "", stderr: `cosup: ${text}\n` });
  });

  test("a worker with wrong keys ends with exit code 3, and fails no object", async () => {
    await writeFile(
      join(rig.folder, "keys.jsonl"),
      `${JSON.stringify({ source: "a.bin", key: "keys.bin" })}\n`,
    );
    await fleet("enqueue", "keys.jsonl", `cos://${BUCKET}`, "--run", "keys");
    const wrong = await rig.run(["fleet", "work"], { env: { ...env, COS_SECRET_KEY: "wrong" } });
    expect(wrong).toMatchObject({
      code: 3,
      stderr: /^cosup: [^\n]*SignatureDoesNotMatch[^\n]*check the keys/m,
    });
    expect((await fleet("status", "--run", "keys")).stdout).toContain("0 of 1 object stored");
  });
});
