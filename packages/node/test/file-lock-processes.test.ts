import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fileCheckpoints } from "../src/checkpoints/file-checkpoints.ts";
import { describeSelf } from "../src/checkpoints/lock-owner.ts";
import { type Child, startChild, useChildren } from "./child-process.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const ID = "0123abcd";

useChildren();

describe("between processes", () => {
  it("is held by one process, and free once that process is killed", async () => {
    const directory = await temporaryDirectory();
    const child = startChild("hold-lock", directory, ID);
    await child.line();
    child.tell("go");
    expect(await child.line()).toBe("held");
    const store = fileCheckpoints(directory);
    expect(await store.lock(ID)).toBeUndefined();
    await child.kill();
    const lock = await store.lock(ID);
    expect(lock).toBeDefined();
    await lock?.release();
  });

  it("abandoned, is taken over by exactly one of 8", async () => {
    const directory = await temporaryDirectory();
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    const owner = { ...(await describeSelf()), pid: child.pid, token: "dead" };
    for (let round = 0; round < 3; round++) {
      await writeFile(join(directory, `${ID}.lock`), JSON.stringify(owner));
      const children = Array.from({ length: 8 }, () => startChild("hold-lock", directory, ID));
      await Promise.all(children.map((child) => child.line()));
      for (const child of children) {
        child.tell("go");
      }
      const words = await Promise.all(children.map((child) => child.line()));
      expect(words.sort()).toEqual(["held", ...Array(7).fill("taken")]);
      await Promise.all(children.map((child) => child.kill()));
    }
  });
});

describe("a worker thread that is terminated", () => {
  async function workerThatEnded(): Promise<{ directory: string; child: Child }> {
    const directory = await temporaryDirectory();
    const child = startChild("lock-in-worker", directory, ID);
    expect(await child.line()).toBe("worker: held");
    expect(await fileCheckpoints(directory).lock(ID)).toBeUndefined();
    child.tell("take");
    expect(await child.line()).toBe("taken");
    child.tell("terminate");
    expect(await child.line()).toBe("exit 1");
    return { directory, child };
  }

  it.runIf(process.platform === "linux")("leaves its lock to other threads of the process", async () => {
    const { child } = await workerThatEnded();
    child.tell("take");
    expect(await child.line()).toBe("held");
  });

  it.runIf(process.platform === "linux")("leaves its lock to other processes", async () => {
    const { directory } = await workerThatEnded();
    const lock = await fileCheckpoints(directory).lock(ID);
    expect(lock).toBeDefined();
    await lock?.release();
  });
});
