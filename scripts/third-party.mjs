// Lists the third-party packages that a build contains, according to the metafile of esbuild: dist/bundled.json for programs,
// and dist/THIRD-PARTY.txt with the license of each. A package without a license fails the build.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Code of other origin inside a package: its files, and its license, which the package does not contain. */
const WITHIN = [
  {
    name: "llhttp",
    license: "MIT",
    files: /\/undici\/lib\/llhttp\//,
    text: fileURLToPath(new URL("licenses/llhttp.txt", import.meta.url)),
  },
];

/**
 * An esbuild plugin. Builds that write to the same dist share one instance, so that the notices cover all of them.
 * @returns {import("esbuild").Plugin}
 */
export function thirdParty() {
  /** @type {Map<string, { name: string, version: string, license: string, text: string, files: Set<string> }>} */
  const found = new Map();
  return {
    name: "third-party",
    setup(build) {
      build.initialOptions.metafile = true;
      build.onEnd(({ metafile, errors }) => {
        if (metafile === undefined || errors.length > 0) return;
        for (const [output, { inputs }] of Object.entries(metafile.outputs)) {
          for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
            if (bytesInOutput > 0) note(found, packagesOf(input), output);
          }
        }
        if (found.size > 0) write([...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1)));
      });
    },
  };
}

/** Adds the packages that are part of an output. */
function note(found, packages, output) {
  for (const item of packages) {
    const id = `${item.name} ${item.version}`;
    if (!found.has(id)) found.set(id, { ...item, files: new Set() });
    found.get(id).files.add(output);
  }
}

/** The third-party packages that an input consists of. */
function packagesOf(input) {
  // A stub has no file path.
  const path = resolve(input).replaceAll("\\", "/");
  if (!existsSync(path)) return [];
  const [, folder] = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
  if (folder === undefined || folder.includes("/node_modules/@cosup/")) return packagesOfOurs(path);
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const within = WITHIN.find(({ files }) => files.test(path));
  if (within === undefined) return [{ name, version, license, text: licenseIn(folder) }];
  const text = readFileSync(within.text, "utf8");
  return [{ name: within.name, version: `in ${name} ${version}`, license: within.license, text }];
}

/** The packages in a built file of this repository, as listed by its own build. */
function packagesOfOurs(path) {
  const dist = dirname(path);
  const list = join(dist, "bundled.json");
  if (!existsSync(list)) return [];
  const { packages } = JSON.parse(readFileSync(list, "utf8"));
  const file = `dist/${path.slice(dist.length + 1)}`;
  return packages
    .filter(({ files }) => files.includes(file))
    .map(({ files: _files, ...item }) => ({ ...item, text: noticeIn(dist, item) }));
}

function licenseIn(folder) {
  const name = readdirSync(folder).find((file) => /^licen[cs]e(\.|$)/i.test(file));
  if (name === undefined) throw new Error(`${folder} is bundled and has no license`);
  return readFileSync(join(folder, name), "utf8");
}

const RULE = `${"-".repeat(80)}\n`;

function noticeIn(dist, { name, version }) {
  const notices = readFileSync(join(dist, "THIRD-PARTY.txt"), "utf8").split(RULE);
  const notice = notices.find((text) => text.includes(` contains ${name} ${version} (`));
  if (notice === undefined) throw new Error(`${dist} has no notice of ${name}`);
  return notice.slice(notice.indexOf("\n\n") + 2);
}

const PREFACE = `This package contains the packages below, in exactly these versions: they are part of the files that are named, and
what node_modules holds besides is not run in their place. An update of one of them, an entry in "overrides", or a
finding of "npm audit" concerns these files only when this package is built again. dist/bundled.json is this list for
programs.
`;

function write(packages) {
  const files = (item) => [...item.files].sort();
  const list = packages.map(({ text: _text, ...item }) => ({ ...item, files: files(item) }));
  const notices = packages.map((item) => {
    const lines = files(item).map(
      (file) => `${file} contains ${item.name} ${item.version} (${item.license}).\n`,
    );
    return `${lines.join("")}\n${item.text.trim()}\n\n`;
  });
  mkdirSync("dist", { recursive: true });
  writeFileSync("dist/bundled.json", `${JSON.stringify({ packages: list }, undefined, 2)}\n`);
  writeFileSync("dist/THIRD-PARTY.txt", [`${PREFACE}\n`, ...notices].join(RULE));
}
