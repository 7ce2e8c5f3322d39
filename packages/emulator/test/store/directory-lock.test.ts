import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createEmulator, DataForeignError, DataInUseError, startEmulator } from "../../src/index.ts";
import { type DirectoryLock, lockDirectory } from "../../src/store/directory-lock.ts";
import { BUCKET } from "../rig.ts";

/** A name that a lock file can have. */
const FORGED = "0123456789abcdef";

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "cos-emulator-"));
});
afterEach(() => rm(data, { recursive: true, force: true }));

const inUse = (pid = process.pid) => `${data} is in use by pid ${pid}`;

/** The content of a real lock of this process, with other fields. */
async function forge(fields: Record<string, unknown>): Promise<void> {
  const lock = await lockDirectory(data);
  const [name = ""] = await readdir(join(data, "lock"));
  const owner = JSON.parse(await readFile(join(data, "lock", name), "utf8"));
  await lock.release();
  await mkdir(join(data, "lock"));
  await writeFile(join(data, "lock", FORGED), JSON.stringify({ ...owner, ...fields }));
}

async function takesOver(silenceMs?: number): Promise<void> {
  const lock = await lockDirectory(data, silenceMs);
  expect(await readdir(join(data, "lock"))).not.toContain(FORGED);
  await lock.release();
  expect(await readdir(data)).toEqual([]);
}

describe("the lock of the data directory", () => {
  test("is for one emulator, and close() releases it", async () => {
    const options = { data, buckets: [BUCKET], credentials: [] };
    const first = await startEmulator(options);
    const error = await startEmulator(options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DataInUseError);
    expect(error).toMatchObject({ message: inUse(), pid: process.pid, directory: data });
    const other = createEmulator(options);
    await expect(other.ready()).rejects.toThrow(DataInUseError);
    await expect(other.handle({ method: "GET", target: "/", headers: {} })).rejects.toThrow(DataInUseError);
    await other.close();
    await first.close();
    expect(await readdir(data)).not.toContain("lock");
    await (await startEmulator(options)).close();
  });

  test("is taken over from a process that has ended", async () => {
    await forge({ pid: 2 ** 22 - 7 });
    await takesOver();
  });

  test("is not taken over from a process of another user", async () => {
    await forge({ pid: 1, started: undefined });
    await expect(lockDirectory(data)).rejects.toThrow(inUse(1));
  });

  // The start of a process is known on Linux only.
  test.runIf(process.platform === "linux")("is taken over if another program has the pid now", async () => {
    await forge({ started: "1" });
    await takesOver();
  });

  test("is taken over if a power cut left it empty", async () => {
    await mkdir(join(data, "lock"));
    await writeFile(join(data, "lock", FORGED), "");
    await takesOver();
  });

  test("that cannot be examined is in use as long as it is touched", async () => {
    await forge({ system: "another container" });
    const touching = setInterval(() => void utimes(join(data, "lock", FORGED), 1, Date.now() / 1000), 100);
    await expect(lockDirectory(data)).rejects.toThrow(inUse());
    clearInterval(touching);
    await takesOver(500);
  });

  test("has one new owner when many find that the old one has ended", async () => {
    for (let round = 0; round < 20; round++) {
      await forge({ pid: 2 ** 22 - 7 });
      const results = await Promise.allSettled(Array.from({ length: 8 }, () => lockDirectory(data)));
      const locks = results.filter(
        (one): one is PromiseFulfilledResult<DirectoryLock> => one.status === "fulfilled",
      );
      expect(locks.length).toBe(1);
      for (const one of results) if (one.status === "rejected") expect(one.reason.message).toBe(inUse());
      expect((await readdir(join(data, "lock"))).length).toBe(1);
      await locks[0]?.value.release();
      expect(await readdir(data)).toEqual([]);
    }
  });

  test("leaves no draft of a killed process", async () => {
    await mkdir(join(data, "lock.0123456789abcdef.tmp"));
    await takesOver();
  });
});

describe("a start that fails", () => {
  test("because its port is in use changes nothing", async () => {
    const first = await startEmulator({ data, buckets: [BUCKET], credentials: [] });
    const other = join(data, "other");
    const start = startEmulator({ data: other, buckets: [BUCKET], credentials: [], port: first.port });
    await expect(start).rejects.toThrow(/^port \d+ of 127\.0\.0\.1 is in use \(EADDRINUSE\): choose another/);
    expect(await readdir(data)).not.toContain("other");
    await first.close();
  });

  test("because its directory is a file says so", async () => {
    const file = join(data, "file");
    await writeFile(file, "");
    const start = startEmulator({ data: file, buckets: [BUCKET], credentials: [] });
    await expect(start).rejects.toThrow(`cannot use ${file} as the data directory: it is not a directory`);
    await rm(file);
  });

  test.runIf(process.platform === "linux")("because nothing can be written says why", async () => {
    // The draft of the lock has the longest possible path, so that no file in it can have one.
    const directory = join(data, ...Array<string>(20).fill("d".repeat(200))).slice(0, 4060);
    const whole = directory.padEnd(4060, `/${"e".repeat(200)}`);
    await expect(lockDirectory(whole)).rejects.toThrow(/^cannot lock .*: ENAMETOOLONG: .*open/);
  });

  test("releases the lock and the port", async () => {
    await writeFile(join(data, "buckets"), "not a directory");
    const start = startEmulator({ data, buckets: [BUCKET], credentials: [] });
    await expect(start).rejects.toThrow(DataForeignError);
    expect(await readdir(data)).toEqual(["buckets"]);
  });
});
