import { appendFileSync, renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { directory, fifo, file, files, link, move, remove, type Step, sparse, type Tree } from "./tree.ts";

const append =
  (path: string): Step =>
  ({ root }) =>
    appendFileSync(join(root, path), "more");

/** Changes during the walk: after the upload of the previous file, or just before that of the file itself. */
export const changes: readonly Tree[] = [
  {
    name: "a file that is deleted when the file before it has gone up",
    make: files("1", "2", "3"),
    meanwhile: { when: "after", path: "1", steps: [remove("2")] },
    uploaded: ["1", "3"],
    failed: ["2: source-unreadable"],
    looked: { failed: ["2: vanished"] },
  },
  {
    name: "a file that is deleted when it is about to go up",
    make: files("1", "2", "3"),
    meanwhile: { when: "before", path: "2", steps: [remove("2")] },
    uploaded: ["1", "3"],
    failed: ["2: source-unreadable"],
  },
  {
    name: "a folder that is deleted before it is entered",
    make: files("1", "gone/x"),
    meanwhile: { when: "after", path: "1", steps: [remove("gone")] },
    uploaded: ["1"],
    failed: ["gone: vanished"],
  },
  {
    name: "a folder that is deleted while its files go up",
    make: files("a/1", "a/2", "a/3", "b"),
    meanwhile: { when: "after", path: "a/1", steps: [remove("a")] },
    uploaded: ["a/1", "b"],
    failed: ["a/2: source-unreadable", "a/3: source-unreadable"],
    looked: { failed: ["a/2: vanished", "a/3: vanished"] },
  },
  {
    name: "a file that becomes a folder",
    make: files("1", "2"),
    meanwhile: { when: "before", path: "2", steps: [remove("2"), file("2/canary", "new")] },
    uploaded: ["1"],
    failed: ["2: source-unreadable"],
  },
  {
    name: "a folder that becomes a file before it is looked at",
    make: files("1", "folder/x"),
    meanwhile: { when: "after", path: "1", steps: [remove("folder"), file("folder")] },
    uploaded: ["1", "folder"],
  },
  {
    name: "a folder that becomes a file after it was looked at",
    make: files("folder/x", "z"),
    meanwhile: { when: "after", path: "z", steps: [remove("folder"), file("folder")] },
    uploaded: ["z"],
    failed: ["folder: vanished"],
  },
  {
    name: "a file that becomes a FIFO",
    make: files("1", "2"),
    meanwhile: { when: "before", path: "2", steps: [remove("2"), fifo("2")] },
    uploaded: ["1"],
    failed: ["2: source-unreadable"],
  },
  {
    name: "a file that becomes another file goes up as what it is then",
    make: files("1", "2"),
    meanwhile: { when: "before", path: "2", steps: [remove("2"), file("2", "another")] },
    uploaded: { "1": "1", "2": "another" },
  },
  {
    name: "a file that grows while it goes up",
    make: [sparse("large", 21 * 1024 * 1024), file("small")],
    meanwhile: { when: "during", path: "large", steps: [append("large")] },
    uploaded: ["small"],
    failed: ["large: source-changed"],
  },
];

const exit = (path: string): Step[] => [remove(path), link(path, "OUTSIDE/canary")];
const detour = (path: string): Step[] => [move(path, "moved"), link(path, "OUTSIDE")];

const elsewhere: Step = ({ root, outside }) => {
  renameSync(root, `${root}-moved`);
  symlinkSync(outside, root);
};

/** Changes that could make the upload read files outside. */
export const traps: readonly Tree[] = [
  {
    name: "a file that becomes a link out of the root, when the file before it has gone up",
    make: files("1", "2", "3"),
    meanwhile: { when: "after", path: "1", steps: exit("2") },
    uploaded: ["1", "3"],
    failed: ["2: source-unreadable"],
    looked: { skipped: ["2: symlink"] },
  },
  {
    name: "a file that becomes a link out of the root, when it is about to go up",
    make: files("1", "2"),
    meanwhile: { when: "before", path: "2", steps: exit("2") },
    uploaded: ["1"],
    failed: ["2: source-unreadable"],
  },
  {
    name: "a file that becomes a link to another file in the root",
    make: files("1", "2", "3"),
    meanwhile: { when: "before", path: "2", steps: [remove("2"), link("2", "3")] },
    uploaded: ["1", "3"],
    failed: ["2: source-unreadable"],
  },
  {
    name: "a followed link that leads out of the root by the time it is opened",
    followSymlinks: true,
    make: [...files("1", "folder/file"), link("2", "folder/file")],
    meanwhile: { when: "before", path: "2", steps: exit("2") },
    uploaded: { "1": "1", "2": "folder/file", "folder/file": "folder/file" },
  },
  {
    name: "the target of a followed link that becomes a link out of the root",
    followSymlinks: true,
    make: [...files("1", "folder/file"), link("2", "folder/file")],
    meanwhile: { when: "before", path: "2", steps: exit("folder/file") },
    uploaded: ["1"],
    failed: ["2: source-unreadable"],
    skipped: ["folder/file: outside"],
  },
  {
    name: "a folder that becomes a link out of the root before it is entered",
    make: files("a/1", "trap/canary"),
    meanwhile: { when: "after", path: "a/1", steps: detour("trap") },
    uploaded: ["a/1"],
    skipped: ["trap: outside"],
  },
  {
    name: "a folder that becomes a link out of the root while its files go up",
    make: files("trap/1", "trap/canary"),
    meanwhile: { when: "after", path: "trap/1", steps: detour("trap") },
    uploaded: ["trap/1"],
    failed: ["trap/canary: source-unreadable"],
  },
  {
    name: "a folder above that becomes a link out of the root while the files below go up",
    make: files("trap/sub/1", "trap/sub/canary"),
    meanwhile: { when: "after", path: "trap/sub/1", steps: detour("trap") },
    uploaded: ["trap/sub/1"],
    failed: ["trap/sub/canary: source-unreadable"],
  },
  {
    name: "the root that becomes a link elsewhere",
    make: [...files("1", "canary", "sub/canary"), directory("empty")],
    meanwhile: { when: "after", path: "1", steps: [elsewhere] },
    uploaded: ["1"],
    failed: ["canary: source-unreadable", "empty: vanished"],
    skipped: ["sub: outside"],
  },
];
