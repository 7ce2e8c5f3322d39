import { directory, file, files, link, type Tree } from "./tree.ts";

const followed = { followSymlinks: true } as const;
const real = file("folder/file");

/** Links to entries in the root, or to nothing. */
export const links: readonly Tree[] = [
  {
    name: "links are left alone unless they are to be followed",
    make: [
      real,
      link("to-file", "folder/file"),
      link("to-folder", "folder"),
      link("to-nothing", "nowhere"),
      link("to-canary", "OUTSIDE/canary"),
      link("to-outside", "OUTSIDE"),
    ],
    uploaded: ["folder/file"],
    skipped: ["to-canary", "to-file", "to-folder", "to-nothing", "to-outside"].map(
      (name) => `${name}: symlink`,
    ),
  },
  {
    name: "a link to a file",
    ...followed,
    make: [real, link("to-file", "folder/file")],
    uploaded: { "folder/file": "folder/file", "to-file": "folder/file" },
  },
  {
    name: "a link to a file by its absolute path",
    ...followed,
    make: [real, link("to-file", "ROOT/folder/file")],
    uploaded: { "folder/file": "folder/file", "to-file": "folder/file" },
  },
  {
    name: "a link to a file through ..",
    ...followed,
    make: [real, link("deep/down/link", "../../folder/file")],
    uploaded: { "folder/file": "folder/file", "deep/down/link": "folder/file" },
  },
  {
    name: "a link that leaves the root and comes back",
    ...followed,
    make: [real, link("around", "../tree/folder/file")],
    uploaded: { "folder/file": "folder/file", around: "folder/file" },
  },
  {
    name: "a link to a folder: its files under both names",
    ...followed,
    make: [real, link("to-folder", "folder")],
    uploaded: { "folder/file": "folder/file", "to-folder/file": "folder/file" },
  },
  {
    name: "a chain of links",
    ...followed,
    make: [real, link("1", "2"), link("2", "3"), link("3", "folder/file")],
    uploaded: { "folder/file": "folder/file", "1": "folder/file", "2": "folder/file", "3": "folder/file" },
  },
  {
    name: "a link to nothing",
    ...followed,
    make: [link("dangling", "nowhere")],
    failed: ["dangling: dangling"],
  },
  {
    name: "a link below a file",
    ...followed,
    make: [real, link("below", "folder/file/more")],
    uploaded: ["folder/file"],
    failed: ["below: vanished"],
  },
];

/** Links that form a loop. */
export const loops: readonly Tree[] = [
  { name: "a link to itself", ...followed, make: [link("self", "self")], failed: ["self: loop"] },
  {
    name: "two links to each other",
    ...followed,
    make: [link("ring-1", "ring-2"), link("ring-2", "ring-1")],
    failed: ["ring-1: loop", "ring-2: loop"],
  },
  {
    name: "a link to its own folder, and one to the folder above",
    ...followed,
    make: [file("a/b/file"), link("a/b/here", "."), link("a/b/up", "..")],
    uploaded: ["a/b/file"],
    skipped: ["a/b/here: loop", "a/b/up: loop"],
  },
  {
    name: "a link to the root, by its absolute path and through it",
    ...followed,
    make: [file("a"), link("root", "ROOT"), link("deep/root", "../../tree")],
    uploaded: ["a"],
    skipped: ["deep/root: loop", "root: loop"],
  },
  {
    name: "two folders with links to each other",
    ...followed,
    make: [...files("a/file", "b/file"), link("a/to-b", "../b"), link("b/to-a", "../a")],
    uploaded: { "a/file": "a/file", "a/to-b/file": "b/file", "b/file": "b/file", "b/to-a/file": "a/file" },
    skipped: ["a/to-b/to-a: loop", "b/to-a/to-b: loop"],
  },
];

/** Links to entries outside the root. */
export const exits: readonly Tree[] = [
  {
    name: "links to a file outside, relative and absolute",
    ...followed,
    make: [file("a"), link("absolute", "OUTSIDE/canary"), link("relative", "../outside/canary")],
    uploaded: ["a"],
    skipped: ["absolute: outside", "relative: outside"],
  },
  {
    name: "links to folders outside: one beside, one whose name begins alike, the one above",
    ...followed,
    make: [link("beside", "OUTSIDE"), link("alike", "../tree-alike"), link("above", ".."), link("top", "/")],
    skipped: ["above: outside", "alike: outside", "beside: outside", "top: outside"],
  },
  {
    name: "a chain of links whose last leads outside",
    ...followed,
    make: [link("1", "2"), link("2", "deep/3"), link("deep/3", "../../outside/canary")],
    skipped: ["1: outside", "2: outside", "deep/3: outside"],
  },
  {
    name: "a link to a folder in the root that holds a link outside",
    ...followed,
    make: [directory("folder"), link("folder/exit", "OUTSIDE"), link("to-folder", "folder")],
    skipped: ["folder/exit: outside", "to-folder/exit: outside"],
  },
  {
    name: "links to devices",
    ...followed,
    make: [link("null", "/dev/null"), link("zero", "/dev/zero")],
    skipped: ["null: outside", "zero: outside"],
  },
];
