// The picture of the packages. Its arrows are the dependencies that each package.json names.
import { readFileSync } from "node:fs";
import { arrow, box, picture } from "./svg.mjs";

const WIDTH = 880;
const HEIGHT = 530;

/**
 * Where each package stands, and what it is.
 * @type {Record<string, import("./svg.mjs").Place & { folder: string, kind: string, lines: readonly string[] }>}
 */
const PACKAGES = {
  cosup: spot(210, 20, "packages/cli", "box", ["cp, stat, uploads, emulator"]),
  "@cosup/fleet": spot(40, 130, "packages/fleet", "box", ["manifests, many machines"]),
  "@cosup/node": spot(250, 240, "packages/node", "box", ["undici, files, locks"]),
  "@cosup/deno": spot(40, 240, "packages/deno", "box", ["node:http, Deno files"]),
  "@cosup/workers": spot(460, 240, "packages/workers", "box", ["fetch, R2, Durable Objects"]),
  "@cosup/browser": spot(670, 240, "packages/browser", "box", ["fetch, IndexedDB, Web Locks"]),
  "@cosup/core": spot(250, 350, "packages/core", "box", ["API, signing, retry, resume"]),
  "@cosup/core-as": spot(250, 450, "core-as", "wasm", ["CRC64, MD5, parts: 10 KB WASM"]),
  "@cosup/emulator": spot(440, 20, "packages/emulator", "apart", ["a local COS; shares no code"]),
  "@cosup/console": spot(670, 20, "packages/console", "box", ["its web page: static files"]),
};

/** @param {string} root of the repository, with a slash */
export function drawPackages(root) {
  const arrows = Object.keys(PACKAGES).flatMap((name) => arrowsOf(root, name));
  const boxes = Object.entries(PACKAGES).map(([name, { kind, lines, ...place }]) =>
    box(
      place,
      kind,
      name,
      lines.map((text) => ({ kind: "small", text })),
    ),
  );
  return picture(WIDTH, HEIGHT, "The packages and the directions of their imports", [...arrows, ...boxes]);
}

/** @param {string} root @param {string} name */
function arrowsOf(root, name) {
  const from = PACKAGES[name];
  if (from === undefined) return [];
  const { dependencies = {}, devDependencies = {} } = JSON.parse(
    readFileSync(`${root}${from.folder}/package.json`, "utf8"),
  );
  return Object.keys({ ...dependencies, ...devDependencies }).flatMap((dependency) => {
    const to = PACKAGES[dependency];
    return to === undefined ? [] : [between(from, to)];
  });
}

/** From the lower edge of a box to the upper one of another, or to its side. @param {import("./svg.mjs").Place} from @param {import("./svg.mjs").Place} to */
function between(from, to) {
  if (from.y === to.y) return arrow([from.x + from.width, from.y + 30], [to.x, to.y + 30]);
  return arrow([from.x + from.width / 2, from.y + from.height], [to.x + to.width / 2, to.y]);
}

/** @param {number} x @param {number} y @param {string} folder @param {string} kind @param {readonly string[]} lines */
function spot(x, y, folder, kind, lines) {
  return { x, y, width: 190, height: 60, folder, kind, lines };
}
