import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startEmulator } from "@cosup/emulator";
import { expect, it } from "vitest";
import { startChildWithFewDescriptors, useChildren } from "./child-process.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

useChildren();

it.skipIf(process.platform === "win32")(
  "600 uploads at once, with checkpoints, all succeed in a process that may open 256 files",
  async () => {
    const directory = await temporaryDirectory();
    const files = join(directory, "files");
    await mkdir(files);
    for (let index = 0; index < 600; index++) {
      await writeFile(join(files, `f${index}`), Buffer.alloc(index % 2 === 0 ? 100 : 21_000, index));
    }
    const emulator = await startEmulator({
      data: join(directory, "cos"),
      buckets: ["many-1250000000", "spare-1250000000"],
      credentials: [{ secretId: "id", secretKey: "key" }],
      minPartSize: 1,
    });
    const endpoint = `http://127.0.0.1:${emulator.port}/{Bucket}`;
    const child = startChildWithFewDescriptors(256, "upload-many", files, endpoint, join(directory, "state"));
    expect(await child.line()).toBe('{"stored":600}');
    await emulator.close();
  },
  180_000,
);
