import { readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DataDamagedError } from "../../src/index.ts";
import { type Rig, startRig } from "../rig.ts";
import { execute, pretendPowerCut } from "./database-file.ts";

const DATABASE = "cosup-emulator.sqlite";

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
  await rig.ask({ method: "PUT", path: "/k", body: "object" });
  await rig.close();
});
afterEach(() => rig.stop());

const at = (name: string): string => join(rig.data, name);

async function expectRefused(...texts: readonly string[]): Promise<void> {
  const before = await readdir(rig.data, { recursive: true });
  const refusal = await rig.restart().catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(DataDamagedError);
  for (const text of texts) expect(String(refusal)).toContain(text);
  expect(await readdir(rig.data, { recursive: true })).toEqual(before);
}

async function expectIntact(): Promise<void> {
  await rig.restart();
  expect((await rig.ask({ method: "GET", path: "/k" })).text).toBe("object");
}

test("a database that is none is refused by name, and stays", async () => {
  const bytes = await readFile(at(DATABASE));
  await writeFile(at(DATABASE), "x".repeat(10_000));
  await expectRefused(DATABASE, "cannot be read as a database");
  expect(await readFile(at(DATABASE), "utf8")).toBe("x".repeat(10_000));
  await writeFile(at(DATABASE), bytes);
  await expectIntact();
});

test.each([
  ["gone", () => rename(at(DATABASE), at("aside")), "is missing", () => rename(at("aside"), at(DATABASE))],
  [
    "of somebody else",
    () => execute(rig.data, "PRAGMA application_id = 7"),
    "is not a database of the emulator",
    () => execute(rig.data, `PRAGMA application_id = ${0x63_6f_73_75}`),
  ],
  [
    "of a later version",
    () => execute(rig.data, "PRAGMA user_version = 3"),
    "use that version, or another data directory",
    () => execute(rig.data, "PRAGMA user_version = 2"),
  ],
  [
    "in a directory of a later version",
    () => writeFile(at("cosup-emulator.json"), '{"layout":3}'),
    "use that version, or another data directory",
    () => writeFile(at("cosup-emulator.json"), '{"layout":2}'),
  ],
])("a database that is %s is refused, and nothing is deleted", async (_what, damage, text, repair) => {
  await damage();
  await expectRefused(text);
  await repair();
  await expectIntact();
});

test("a database whose folder of bytes is gone is refused, and nothing is deleted", async () => {
  await rename(at("data"), `${rig.data}.aside`);
  await expectRefused("data", "is missing, and with it the bytes of all objects");
  await rename(`${rig.data}.aside`, at("data"));
  await expectIntact();
});

test("bytes that cannot be read after a power cut end the start, and nothing is deleted", async () => {
  const [file = ""] = await rig.dataFiles();
  await rename(at(`data/${file}`), at("aside"));
  // Also as root, whom no permissions stop: a link to itself cannot be opened.
  await symlink(at(`data/${file}`), at(`data/${file}`));
  await pretendPowerCut(rig.data);
  await expectRefused(file);
  await rm(at(`data/${file}`));
  await rename(at("aside"), at(`data/${file}`));
  await expectIntact();
});

test("a record makes the emulator neither read nor delete files outside of data/", async () => {
  await writeFile(at("secret"), "secret");
  await execute(rig.data, `UPDATE histories SET history = replace(history, '"file":"', '"file":"../')`);
  await rig.restart();
  const read = await rig.ask({ method: "GET", path: "/k" });
  expect([read.status, read.code]).toEqual([500, "InternalError"]);
  await rig.ask({ method: "DELETE", path: "/k" });
  expect(await readFile(at("secret"), "utf8")).toBe("secret");
});
