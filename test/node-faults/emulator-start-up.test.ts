import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));

/** Starts a built emulator in a process of its own. Returns whether that loads the database. */
async function loadsDatabase(options: object): Promise<string> {
  const text = `import { createRequire } from "node:module";
    import { startEmulator } from "@cosup/emulator";
    await (await startEmulator(${JSON.stringify(options)})).close();
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    console.log(loaded.some((path) => path.includes("node-sqlite3-wasm")));`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", text], { cwd: here });
  return stdout.trim();
}

test("the emulator loads its database only for a data directory", async () => {
  expect(await loadsDatabase({})).toBe("false");
  const data = await mkdtemp(join(tmpdir(), "cos-loaded-"));
  expect(await loadsDatabase({ data })).toBe("true");
  await rm(data, { recursive: true });
});
