import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { BUCKET, crc64OfFile, jsonLines, MiB, openRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
  await writeFile(join(rig.folder, "five.txt"), "hello");
  await writeFile(join(rig.folder, "empty"), "");
  await mkdir(join(rig.folder, "folder"));
});
afterAll(() => rig.close());

const MD5_OF_HELLO = "5d41402abc4b2a76b9719d911017c592";

it("hash prints what COS says of the uploaded file, and asks COS nothing", async () => {
  const path = await rig.file("big.bin", 3 * MiB + 1);
  await rig.run(["cp", "big.bin", `cos://${BUCKET}/big.bin`]);
  const [stored] = jsonLines(await rig.run(["stat", `cos://${BUCKET}/big.bin`, "--json"]));
  const before = rig.requests.length;
  const run = await rig.run(["hash", "big.bin", "five.txt", "empty", "--json"]);
  expect(jsonLines(run)).toEqual([
    {
      type: "hash",
      source: "big.bin",
      size: 3 * MiB + 1,
      crc64: await crc64OfFile(path),
      md5: createHash("md5")
        .update(await readFile(path))
        .digest("hex"),
    },
    { type: "hash", source: "five.txt", size: 5, crc64: "11177612005948864433", md5: MD5_OF_HELLO },
    { type: "hash", source: "empty", size: 0, crc64: "0", md5: "d41d8cd98f00b204e9800998ecf8427e" },
  ]);
  expect(jsonLines(run)[0]?.crc64).toBe(stored?.crc64);
  expect(run).toMatchObject({ code: 0, stderr: "" });
  expect(rig.requests.length).toBe(before);
});

it("hash reads stdin, and needs no credentials", async () => {
  const run = await rig.run(["hash", "-"], {
    input: "hello",
    env: { COS_SECRET_ID: "", COS_SECRET_KEY: "" },
  });
  expect(run).toEqual({ code: 0, stdout: `11177612005948864433  ${MD5_OF_HELLO}  -\n`, stderr: "" });
});

it("files that cannot be read are said, and the others are hashed", async () => {
  const run = await rig.run(["hash", "none", "five.txt", "folder"]);
  expect(run.code).toBe(1);
  expect(run.stdout).toBe(`11177612005948864433  ${MD5_OF_HELLO}  five.txt\n`);
  expect(run.stderr).toBe("cosup: none does not exist\ncosup: folder is a directory\n");
  expect((await rig.run(["hash", "none"])).code).toBe(4);
  expect(jsonLines(await rig.run(["hash", "none", "--json"]))).toMatchObject([
    { type: "error", code: "source-unreadable" },
  ]);
});

it("an object, and stdin twice, are refused", async () => {
  const remote = await rig.run(["hash", `cos://${BUCKET}/k`]);
  expect(remote).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(/cosup stat shows/) });
  expect(await rig.run(["hash", "-", "-"])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/- \(stdin\) can be read only once/),
  });
});
