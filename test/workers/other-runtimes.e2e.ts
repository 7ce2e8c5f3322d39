import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type RunningEmulator, startEmulator } from "@cosup/emulator";
import { afterAll, beforeAll, expect, test } from "vitest";
import { binaries } from "../../tools/runtimes/install.mjs";
import { crc64Of } from "../fixtures/crc64.ts";
import { Bucket, MiB } from "./rig.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));

/** What a unit test of a Worker does: imports the package as it is published, and uploads. */
const PROGRAM = `
import { createCos, ServiceError } from "@cosup/workers";
const cos = createCos({
  Endpoint: (globalThis.Deno?.args ?? process.argv.slice(2))[0],
  SecretId: "id",
  SecretKey: "key",
  subrequestBudget: 50,
});
const bytes = new Uint8Array(${21 * MiB}).map((_, index) => (index * 31) >> 3);
const Bucket = "${Bucket}";
const { crc64, partsSent } = await cos.uploadFile({ Bucket, Key: "parts", Body: bytes });
await cos.uploadFile({ Bucket, Key: "request", Body: new Request("http://a", { method: "POST", body: "hello" }) });
const { Body } = await cos.getObject({ Bucket, Key: "request" });
const text = await new Response(Body).text();
const missing = await cos.headObject({ Bucket, Key: "none" }).catch((error) => error instanceof ServiceError);
console.log(JSON.stringify({ crc64, partsSent, text, missing }));
`;

let folder: string;
let emulator: RunningEmulator;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosup-workers-"));
  await installInto(folder);
  await writeFile(join(folder, "program.mjs"), PROGRAM);
  emulator = await startEmulator({
    data: join(folder, "data"),
    buckets: [Bucket, "spare-1250000000"],
    credentials: [{ secretId: "id", secretKey: "key" }],
  });
});
afterAll(async () => {
  await emulator?.close();
  await rm(folder, { recursive: true, force: true });
});

/** The files of core and workers that npm would publish, in the places where npm would install them. */
async function installInto(folder: string): Promise<void> {
  for (const name of ["core", "workers"]) {
    const source = join(root, "packages", name);
    const { stdout } = await run("npm", ["pack", "--dry-run", "--ignore-scripts", "--json"], { cwd: source });
    const [pack] = Object.values(JSON.parse(stdout)) as { files: { path: string }[] }[];
    const target = join(folder, "node_modules/@cosup", name);
    await mkdir(target, { recursive: true });
    for (const { path } of pack?.files ?? []) {
      await cp(join(source, path), join(target, path), { recursive: true });
    }
  }
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
}

/** The bytes that the program of each runtime uploads. */
const UPLOADED = new Uint8Array(21 * MiB).map((_, index) => (index * 31) >> 3);

test.each<[string, string, string[]]>([
  ["Node 20", process.execPath, []],
  ["Node 24", binaries.node24, []],
  ["Deno", binaries.deno, ["run", "--allow-net=127.0.0.1", "--no-prompt"]],
  ["Bun", binaries.bun, ["run"]],
])("the published package can be imported in %s, and uploads", async (_name, binary, words) => {
  const endpoint = `http://127.0.0.1:${emulator.port}/{Bucket}`;
  const env = { PATH: process.env.PATH, HOME: folder, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };
  const { stdout } = await run(binary, [...words, "program.mjs", endpoint], { cwd: folder, env });
  const said = { crc64: await crc64Of([UPLOADED]), partsSent: 3, text: "hello", missing: true };
  expect(JSON.parse(stdout)).toEqual(said);
});
