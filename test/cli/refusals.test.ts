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
});
afterAll(() => rig.close());

/** Commands, the exit code, and all that is on stderr after `cosup: `. */
it.each<[string[], number, string]>([
  [["ls", "site"], 2, "target: must be cos://BUCKET[/KEY], not 'site'"],
  [["stat", "site"], 2, "target: must be cos://BUCKET/KEY, not 'site'"],
  [["cp", `${AT}/k`], 2, "source: is missing: give SOURCE… cos://BUCKET/KEY, or cos://BUCKET/KEY PATH"],
  [
    ["cp", "-r", `${AT}/a/`, `${AT}/b/`, "out/"],
    2,
    "source: one folder per command: give one source with -r",
  ],
  [
    ["cp", `${AT}/k`, "out", "--resume", "server"],
    2,
    "resume: must be 'auto', 'require' or 'off' for a download (--resume)",
  ],
  [
    ["sync", `${AT}/k`, "site", "--resume", "server"],
    2,
    "resume: must be 'auto', 'require' or 'off' for a download (--resume)",
  ],
  [["sync", "site", "other"], 2, "target: one of source and target must be cos://BUCKET[/PREFIX]"],
  [
    ["sync", "site", AT, "--source-region", "ap-beijing"],
    2,
    "sourceRegion: is for a sync inside COS (--source-region)",
  ],
  [
    ["rm", `${AT}/k`, `${AT}/l`, "--version-id", "v"],
    2,
    "VersionId: belongs to one object: give one target, and no -r (--version-id)",
  ],
  [
    ["rm", "-r", `${AT}/a/`, `${AT}/b/`, "--files-from", "a.txt"],
    2,
    "filesFrom: belongs to one folder: give one target (--files-from)",
  ],
  [["mv", "-", `${AT}/k`], 2, "source: must not be -: mv moves files and objects"],
  [
    ["mv", "-r", "site", `${AT}/k`, "--follow-symlinks"],
    2,
    "followSymlinks: is for cp and sync: mv moves no links (--follow-symlinks)",
  ],
  [["hash", `${AT}/k`], 2, `file: '${AT}/k' is an object: cosup stat shows its crc64`],
  [["doctor", "--write"], 2, "write: needs cos://BUCKET, where the probe object is written (--write)"],
  [
    ["cp", "-r", "site", AT, "--files-from", "nul.txt"],
    2,
    "filesFrom: line 1 of nul.txt has a NUL character: add -0 for such a list (--files-from)",
  ],
  [["cp", "-r", "ruled", AT], 4, "ruled/.cosignore cannot be read: it is no regular file"],
])("%j", async (words, code, says) => {
  expect(await rig.run(words)).toEqual({ code, stdout: "", stderr: `cosup: ${says}\n` });
  expect(rig.requests).toEqual([]);
});

/** A command, one of its flags, a value that it does not take, and what is said of that. */
it.each<[string[], string, string, string]>([
  [["cp", "a.txt", AT], "--bwlimit <rate>", "08:00,1M 8:00,2M", "It has one time twice."],
  [
    ["cp", "a.txt", AT],
    "--bwlimit <rate>",
    "24:00,1M",
    `'24:00,1M' must be HH:MM,RATE. A timetable is "08:00,512K 12:00,10M 23:00,off".`,
  ],
  [["cp", "a.txt", AT], "--bwlimit <rate>", "8K", "'8K' must be from 16K to 1T bytes per second."],
  [
    ["cp", "a.txt", AT],
    "--part-size <size>",
    "1.5M",
    "It must be a whole number of MiB, from 1 to 5120: 16, 16M, 1GiB.",
  ],
  [
    ["cp", "a.txt", AT],
    "--traffic-limit <bits>",
    "1MB",
    "It must be bit/s, from 819200 to 838860800: a number, or 800K, 80M (of 1024).",
  ],
  [["cp", "a.txt", AT], "--meta <name=value>", "owner", "It must be name=value."],
  [
    ["cp", "a.txt", AT],
    "--compress <list>",
    "zstd",
    "It must be gzip, br, or both with a comma between them.",
  ],
  [
    ["cp", "a.txt", AT],
    "--cache-rule <pattern=value>",
    "*.html",
    "It must be PATTERN=VALUE, for example '*.html=no-cache'.",
  ],
  [["cp", "a.txt", AT], "--max-attempts <n>", "few", "It must be a whole number."],
  [["cp", "a.txt", AT], "--max-errors <n>", "0", "It must be a whole number, 1 or more."],
  [["du", AT], "--depth <n>", "-1", "It must be a whole number, 0 or more."],
  [
    ["cat", `${AT}/k`],
    "--range <first-last>",
    "first",
    "It must be first-last, first- or -count, for example 0-1023.",
  ],
  [
    ["presign", `${AT}/k`],
    "--expires <duration>",
    "1 day",
    "It must be a number followed by ms, s, m, h, d or w, for example 7d or 90s.",
  ],
  [["emulator"], "--port <n>", "65536", "It must be 0 to 65535."],
  [
    ["emulator"],
    "--min-part-size <size>",
    "1X",
    "It must be bytes, or a number with K, M, G or T (of 1024) or KB, MB, GB or TB (of 1000): 10M, 1.5GiB.",
  ],
])("%j %s %s", async (words, flag, value, says) => {
  const [name = ""] = flag.split(" ");
  const stderr = `cosup: option '${flag}' argument '${value}' is invalid. ${says}\n`;
  expect(await rig.run([...words, name, value])).toEqual({ code: 2, stdout: "", stderr });
  expect(rig.requests).toEqual([]);
});
