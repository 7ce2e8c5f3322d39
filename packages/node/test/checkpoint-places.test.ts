import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type RunningEmulator, startEmulator } from "@cosup/emulator";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type Checkpoints, createCos } from "../src/index.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const Bucket = "places-1250000000";
/** Three parts. */
const SIZE = 21 * 1024 ** 2;

describe("checkpoints without a store", () => {
  let folder = "";
  let emulator: RunningEmulator;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cosup-places-"));
    await writeFile(join(folder, "source.bin"), Buffer.alloc(SIZE, "cosup"));
    emulator = await startEmulator({
      data: join(folder, "cos"),
      buckets: [Bucket, "spare-1250000000"],
      credentials: [{ secretId: "id", secretKey: "key" }],
      faults: [],
    });
  });
  afterEach(() => void vi.unstubAllEnvs());
  afterAll(async () => {
    await emulator.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function upload(Key: string, checkpoints: Checkpoints) {
    const cos = createCos({ Endpoint: `${emulator.url}/{Bucket}`, SecretId: `id@${Key}`, SecretKey: "key" });
    try {
      const LocalFilePath = join(folder, "source.bin");
      return await cos.uploadFile({ Bucket, Key, LocalFilePath, PartSize: 8, MAXThread: 1, checkpoints });
    } finally {
      await cos.close();
    }
  }

  /** Interrupts an upload after two parts, and makes the same call again. */
  async function interruptAndResume(Key: string, checkpoints: Checkpoints, directory: string): Promise<void> {
    emulator.faults.install(Key, [
      { op: "UploadPart", match: { part: 3 }, when: "before-headers", fault: "deny" },
    ]);
    await expect(upload(Key, checkpoints)).rejects.toMatchObject({ code: "access-denied" });
    expect((await readdir(directory)).map((name) => name.replace(/^[0-9a-f]+/, "ID"))).toEqual(["ID.json"]);
    expect(await upload(Key, checkpoints)).toMatchObject({ partsResumed: 2, partsSent: 1 });
    expect(await readdir(directory)).toEqual([]);
  }

  it("true: the user's state directory", async () => {
    const state = await temporaryDirectory();
    vi.stubEnv("XDG_STATE_HOME", state);
    await interruptAndResume("true", true, join(state, "cosup"));
  });

  it("a path: that directory, which is made", async () => {
    const directory = join(await temporaryDirectory(), "made", "here");
    await interruptAndResume("path", directory, directory);
  });

  it("a relative path: below the working directory", async () => {
    const directory = await temporaryDirectory();
    const cwd = vi.spyOn(process, "cwd").mockReturnValue(directory);
    await interruptAndResume("relative", "state", join(directory, "state")).finally(() => cwd.mockRestore());
  });

  it("a file: URL: that directory", async () => {
    const directory = join(await temporaryDirectory(), "a b");
    await interruptAndResume("url", pathToFileURL(directory), directory);
  });
});
