import fs from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { createCos } from "@cosup/node";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { BUCKET, openRig, type Rig, type Run, SECRET_ID, SECRET_KEY } from "../rig.ts";
import { useHere } from "./here.ts";

const AT = `cos://${BUCKET}`;
let rig: Rig;
let run: (words: readonly string[]) => Promise<Run>;
beforeAll(async () => {
  rig = await openRig();
  run = useHere(rig);
  const cos = createCos({ Endpoint: rig.env.COS_ENDPOINT, SecretId: SECRET_ID, SecretKey: SECRET_KEY });
  await cos.putObject({ Bucket: BUCKET, Key: "a", Body: "a" });
  await cos.close();
});
afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});
afterAll(() => rig.close());

/** An error of the system, which root and an ordinary disk do not give. */
const failure = (code: string): Error => Object.assign(new Error(`${code}: by the test`), { code });

it.each([
  ["EACCES", "this user may not write there"],
  ["EPERM", "this user may not write there"],
  ["EROFS", "the disk is read-only"],
  ["ENOSPC", "there is no space left"],
  ["EIO", "Error: EIO: by the test"],
])("a folder that the system refuses with %s is one line", async (code, why) => {
  const denied = join(rig.folder, "denied");
  const original = fs.promises.mkdir;
  vi.spyOn(fs.promises, "mkdir").mockImplementation((path, options) =>
    path === denied ? Promise.reject(failure(code)) : original(path, options),
  );
  syncBuiltinESMExports();
  const { code: exitCode, stderr } = await run(["cp", `${AT}/a`, join(denied, "a")]);
  expect(stderr).toBe(`cosup: ${AT}/a: the folder ${denied} cannot be created: ${why}\n`);
  expect(exitCode).toBe(1);
});

it("a folder that cannot be watched is told", async () => {
  const site = join(rig.folder, "site");
  await mkdir(site);
  await writeFile(join(site, "b"), "b");
  vi.spyOn(fs, "watch").mockImplementation(() => {
    throw failure("ENOSPC");
  });
  syncBuiltinESMExports();
  const ended = run(["sync", site, `${AT}/site/`, "--watch"]);
  while (!rig.requests.includes("PutObject site/b")) await wait(20);
  process.emit("SIGINT");
  const { code, stderr } = await ended;
  expect(code).toBe(130);
  expect(stderr).toMatch(/^warning: ENOSPC: by the test: the next sync compares everything$/m);
});
