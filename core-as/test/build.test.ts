import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build, hashFile, sha256, wasmFile } from "../scripts/build.mjs";

const advice = "If the change is meant: npm run build -w core-as -- --update-hash";

let folder: string;
let fresh: Buffer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "core-as-"));
  fresh = await build(join(folder, "first.wasm"));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

test("a build in another folder is identical", async () => {
  const packageFolder = resolve(import.meta.dirname, "..");
  const copy = join(folder, "copy");
  await cp(join(packageFolder, "assembly"), join(copy, "assembly"), { recursive: true });
  await cp(join(packageFolder, "asconfig.json"), join(copy, "asconfig.json"));
  const second = await build(join(copy, "second.wasm"), copy);
  expect(Buffer.compare(fresh, second)).toBe(0);
});

test("the build has the SHA-256 in cosup.wasm.sha256", async () => {
  const [recorded] = (await readFile(hashFile, "utf8")).split(" ");
  expect(sha256(fresh), advice).toBe(recorded);
});

test("dist/cosup.wasm, which the other tests load, is the build of these sources", async () => {
  const built = await readFile(wasmFile).catch(() => build());
  expect(sha256(built), "dist/ is out of date: npm run build -w core-as").toBe(sha256(fresh));
});

test("the module stays below 12 KB", () => {
  expect(fresh.length).toBeLessThan(12 * 1024);
});
