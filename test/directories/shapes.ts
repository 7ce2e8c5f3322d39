import { symlinkSync } from "node:fs";
import {
  directory,
  fifo,
  file,
  files,
  hardLink,
  link,
  mode,
  type Place,
  rawName,
  socket,
  sparse,
  type Tree,
  tooDeep,
} from "./tree.ts";

const deep = `${"d/".repeat(200)}file`;
const many = Array.from({ length: 2_000 }, (_, index) => `many/${index}`);

/** Trees of an unusual shape. */
export const shapes: readonly Tree[] = [
  { name: "nothing at all", make: [] },
  { name: "empty folders", make: [directory("a"), directory("b/c/d"), file("b/file")], uploaded: ["b/file"] },
  { name: "an empty file", make: [file("empty", "")], uploaded: { empty: "" } },
  { name: "200 folders within one another", make: [file(deep)], uploaded: [deep] },
  { name: "2 000 files in one folder", make: files(...many), uploaded: many },
  { name: "two names of one file", make: [file("a"), hardLink("b", "a")], uploaded: { a: "a", b: "a" } },
  { name: "a file with a hole", make: [sparse("hole", 70_000)], uploaded: { hole: "\0".repeat(70_000) } },
];

/** Entries that cannot or must not be read. */
export const unreadable: readonly Tree[] = [
  {
    name: "a FIFO that nobody writes to",
    make: [fifo("fifo"), file("a")],
    uploaded: ["a"],
    skipped: ["fifo: special"],
  },
  {
    name: "a UNIX socket",
    make: [socket("socket"), file("a")],
    uploaded: ["a"],
    skipped: ["socket: special"],
  },
  {
    name: "links to a FIFO and to a socket",
    followSymlinks: true,
    make: [fifo("f"), socket("s"), link("to-f", "f"), link("to-s", "s")],
    skipped: ["f: special", "s: special", "to-f: special", "to-s: special"],
  },
  {
    name: "a file that may not be read",
    needs: "permissions",
    make: [...files("a", "closed", "z"), mode("closed", "000")],
    uploaded: ["a", "z"],
    failed: ["closed: source-unreadable"],
  },
  {
    name: "a folder that may not be read",
    needs: "permissions",
    make: [...files("a", "closed/x", "open/y"), mode("closed", "000")],
    uploaded: ["a", "open/y"],
    failed: ["closed: unreadable"],
  },
  {
    name: "a folder whose names may be read, and nothing else of it",
    needs: "permissions",
    make: [...files("a", "listed/x"), link("listed/y", "x"), mode("listed", "400")],
    uploaded: ["a"],
    failed: ["listed/x: source-unreadable", "listed/y: unreadable"],
    looked: { failed: ["listed/x: unreadable", "listed/y: unreadable"] },
  },
  {
    name: "a path longer than the system takes",
    needs: "linux",
    make: [file("a"), tooDeep],
    uploaded: ["a"],
    failed: [`${Array(21).fill("d".repeat(200)).join("/")}: unreadable`],
  },
];

const content = files("a", "b/c");
const same = { make: content, uploaded: ["a", "b/c"] } as const;

function linkTo({ root }: Place, target: string): string {
  const path = `${root}.link`;
  symlinkSync(target, path);
  return path;
}

/** Ways to name a root. */
export const roots: readonly Tree[] = [
  { name: "a root with a slash at its end", ...same, rootAs: ({ root }) => `${root}/` },
  { name: "the working directory as .", ...same, rootAs: () => "." },
  { name: "the working directory through ..", ...same, rootAs: () => "../tree" },
  { name: "a root with needless segments", ...same, rootAs: ({ root }) => `${root}/b/.././/b/..` },
  { name: "a link as root", ...same, rootAs: (place) => linkTo(place, place.root) },
  {
    name: "a link as root, followed",
    ...same,
    followSymlinks: true,
    rootAs: (place) => linkTo(place, place.root),
  },
  {
    name: "a root that is not there",
    make: [],
    rootAs: ({ root }) => `${root}/none`,
    refused: "source-unreadable",
  },
  {
    name: "a link to nothing as root",
    make: [],
    rootAs: (place) => linkTo(place, "none"),
    refused: "source-unreadable",
  },
  {
    name: "a file as root",
    make: content,
    rootAs: ({ root }) => `${root}/a`,
    refused: "TypeError LocalDirectoryPath",
  },
  {
    name: "a root with a name that is not UTF-8 in it and nothing else",
    needs: "linux",
    make: [rawName("200")],
    failed: ["\uFFFD: name-not-utf8"],
  },
];
