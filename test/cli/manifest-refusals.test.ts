import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUCKET, openRig, type Rig } from "./rig.ts";

const AT = `cos://${BUCKET}`;

let rig: Rig;

beforeAll(async () => {
  rig = await openRig();
  await rig.file("small.bin", 5000);
  await writeFile(join(rig.folder, "m.jsonl"), '{"source":"small.bin","key":"refused"}\n');
});
afterAll(() => rig.close());

describe("cosup cp --manifest-in refuses", () => {
  it.each([
    [[AT, AT], "target: must be the only argument beside --manifest-in: cos://BUCKET/PREFIX/"],
    [["small.bin", AT], "target: must be the only argument beside --manifest-in: cos://BUCKET/PREFIX/"],
    [[`${AT}/to`], "target: must end with '/': the keys of the manifest follow it"],
    [[AT, "--manifest-in", "folder"], "manifestIn: folder is a directory, not a manifest (--manifest-in)"],
    [
      [AT, "-r"],
      "must not be given with --manifest-in: its entries say what is stored, its ledger what is done",
    ],
    [[AT, "--content-type", "a/b"], "ContentType: must not be given with --manifest-in"],
    [[AT, "--no-cosignore"], "cosignore: must not be given with --manifest-in"],
    [[AT, "--acl", "private"], "acl: must not be given with --manifest-in"],
  ])("%j", async (words, text) => {
    await mkdir(join(rig.folder, "folder"), { recursive: true });
    const sent = rig.requests.length;
    const given = words.includes("--manifest-in") ? words : ["--manifest-in", "m.jsonl", ...words];
    const run = await rig.run(["cp", ...given]);
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining(text) });
    expect(rig.requests.length).toBe(sent);
  });

  it("one that is missing", async () => {
    const text = /^cosup: the manifest none\.jsonl cannot be read: ENOENT[^\n]*\n$/;
    const run = await rig.run(["cp", "--manifest-in", "none.jsonl", AT]);
    expect(run).toMatchObject({ code: 4, stderr: expect.stringMatching(text) });
    const queued = await rig.run(["fleet", "enqueue", "none.jsonl", AT]);
    expect(queued).toMatchObject({ code: 4, stderr: expect.stringMatching(text) });
  });

  it("a prefix without '/', in fleet enqueue too", async () => {
    expect(await rig.run(["fleet", "enqueue", "m.jsonl", `${AT}/wk`])).toMatchObject({
      code: 2,
      stderr: "cosup: target: must end with '/': the keys of the manifest follow it\n",
    });
  });

  it("its flags without it", async () => {
    const run = await rig.run(["cp", "small.bin", AT, "--ledger", "x"]);
    expect(run).toMatchObject({ code: 2, stderr: "cosup: ledger: belongs to --manifest-in (--ledger)\n" });
  });
});
