import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { BUCKET, openRig, type Rig } from "./rig.ts";

const AT = `cos://${BUCKET}`;
let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
  await mkdir(join(rig.folder, "site"));
  await mkdir(join(rig.folder, "ruled/.cosignore"), { recursive: true });
  await writeFile(join(rig.folder, "a.txt"), "a");
  await writeFile(join(rig.folder, "nul.txt"), "a.txt\0");
  await writeFile(join(rig.folder, "latin1.txt"), Uint8Array.of(0xe9));
});
afterAll(() => rig.close());

/** Runs a command in which AT is the bucket. It ends with this exit code and this line alone, and sends nothing. */
async function refused(command: string, code: number, says: string, env = {}): Promise<void> {
  const words = command.split(" ").map((word) => word.replace(/^AT/, AT));
  const stderr = `cosup: ${says.replaceAll("AT/", `${AT}/`)}\n`;
  expect(await rig.run(words, { env })).toEqual({ code, stdout: "", stderr });
  expect(rig.requests).toEqual([]);
}

it.each([
  ["ls site", "target: must be cos://BUCKET[/KEY], not 'site'"],
  ["stat site", "target: must be cos://BUCKET/KEY, not 'site'"],
  ["cp AT/k", "source: is missing: give SOURCE… cos://BUCKET/KEY, or cos://BUCKET/KEY PATH"],
  ["cp -r AT/a/ AT/b/ out/", "source: one folder per command: give one source with -r"],
  ["cp AT/k out --resume server", "resume: must be 'auto', 'require' or 'off' for a download (--resume)"],
  ["cp - AT/k --compress gzip", "compress: is for files, not for stdin (--compress)"],
  [
    "cp -r site AT --exclude-from latin1.txt",
    "excludeFrom: latin1.txt must be a text in UTF-8 (--exclude-from)",
  ],
  [
    "cp -r site AT --files-from nul.txt",
    "filesFrom: line 1 of nul.txt has a NUL character: add -0 for such a list (--files-from)",
  ],
  ["mv - AT/k", "source: must not be -: mv moves files and objects"],
  [
    "mv -r site AT/k --follow-symlinks",
    "followSymlinks: is for cp and sync: mv moves no links (--follow-symlinks)",
  ],
  ["sync site other", "target: one of source and target must be cos://BUCKET[/PREFIX]"],
  ["sync - AT", "source: must be a folder"],
  ["sync AT -", "target: must be a folder"],
  ["sync AT/k site --resume server", "resume: must be 'auto', 'require' or 'off' for a download (--resume)"],
  ["sync site AT --source-region x", "sourceRegion: is for a sync inside COS (--source-region)"],
  [
    "rm AT/k AT/l --version-id v",
    "VersionId: belongs to one object: give one target, and no -r (--version-id)",
  ],
  [
    "rm -r AT/a/ AT/b/ --files-from a.txt",
    "filesFrom: belongs to one folder: give one target (--files-from)",
  ],
  ["hash AT/k", "file: 'AT/k' is an object: cosup stat shows its crc64"],
  ["doctor --write", "write: needs cos://BUCKET, where the probe object is written (--write)"],
])("%s is exit code 2", (command, says) => refused(command, 2, says));

it.each([
  ["cp -r ruled AT", "ruled/.cosignore cannot be read: it is no regular file"],
  ["sync a.txt/x AT", "a.txt/x cannot be read, or is no folder"],
])("%s is exit code 4", (command, says) => refused(command, 4, says));

it("a copy inside COS without a region is exit code 2", () =>
  refused(
    "sync AT/a cos://spare-1250000000/a",
    2,
    "Region: is needed to copy inside COS (--region, COS_REGION or region of a profile)",
    { COS_REGION: "" },
  ));

/** A command, one of its flags, a value that it does not take, and what is said of that. */
it.each([
  [
    "cp a.txt AT",
    "--bwlimit <rate>",
    "1M 1M",
    "'1M' must be HH:MM,RATE. A timetable is \"08:00,512K 12:00,10M 23:00,off\".",
  ],
  ["cp a.txt AT", "--bwlimit <rate>", "08:00,1M 8:00,2M", "It has one time twice."],
  ["cp a.txt AT", "--bwlimit <rate>", "8K", "'8K' must be from 16K to 1T bytes per second."],
  [
    "cp a.txt AT",
    "--part-size <size>",
    "1.5M",
    "It must be a whole number of MiB, from 1 to 5120: 16, 16M, 1GiB.",
  ],
  [
    "cp a.txt AT",
    "--traffic-limit <bits>",
    "1MB",
    "It must be bit/s, from 819200 to 838860800: a number, or 800K, 80M (of 1024).",
  ],
  ["cp a.txt AT", "--meta <name=value>", "owner", "It must be name=value."],
  ["cp a.txt AT", "--compress <list>", "zstd", "It must be gzip, br, or both with a comma between them."],
  [
    "cp a.txt AT",
    "--cache-rule <pattern=value>",
    "*",
    "It must be PATTERN=VALUE, for example '*.html=no-cache'.",
  ],
  ["cp a.txt AT", "--max-attempts <n>", "few", "It must be a whole number."],
  ["cp a.txt AT", "--max-errors <n>", "0", "It must be a whole number, 1 or more."],
  ["du AT", "--depth <n>", "-1", "It must be a whole number, 0 or more."],
  [
    "cat AT/k",
    "--range <first-last>",
    "first",
    "It must be first-last, first- or -count, for example 0-1023.",
  ],
  [
    "presign AT/k",
    "--expires <duration>",
    "1 day",
    "It must be a number followed by ms, s, m, h, d or w, for example 7d or 90s.",
  ],
  ["emulator", "--port <n>", "65536", "It must be 0 to 65535."],
  [
    "emulator",
    "--min-part-size <size>",
    "1X",
    "It must be bytes, or a number with K, M, G or T (of 1024) or KB, MB, GB or TB (of 1000): 10M, 1.5GiB.",
  ],
])("%s %s %s is exit code 2", async (command, flag, value, says) => {
  const words = command.split(" ").map((word) => word.replace(/^AT/, AT));
  const [name = ""] = flag.split(" ");
  const stderr = `cosup: option '${flag}' argument '${value}' is invalid. ${says}\n`;
  expect(await rig.run([...words, name, value])).toEqual({ code: 2, stdout: "", stderr });
  expect(rig.requests).toEqual([]);
});
