import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleEmulator, type ChildEmulators } from "./child-emulators.ts";

let emulators: ChildEmulators;
beforeAll(async () => {
  emulators = await bundleEmulator();
});
afterAll(() => emulators.stop());

test("a relative data directory is where it was meant, also when the working directory was deleted", async () => {
  const gone = join(emulators.directory, "gone");
  await mkdir(gone);
  const { url, kill } = await emulators.start("./data", gone);
  // Node's own `recursive` never ended: the system says ENOENT of everything below.
  expect((await fetch(`${url}/a`, { method: "PUT", body: "content" })).status).toBe(200);
  expect(await (await fetch(`${url}/a`)).text()).toBe("content");
  expect(await readdir(join(gone, "data", "data"))).toHaveLength(1);
  await kill();
});
