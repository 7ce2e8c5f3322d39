import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as objects from "@cosup/core/objects";
import * as post from "@cosup/core/post";
import * as nodeDigest from "@cosup/node/digest";
import * as nodeObjects from "@cosup/node/objects";
import * as nodePost from "@cosup/node/post";
import * as nodeStreams from "@cosup/node/streams";
import * as workersStreams from "@cosup/workers/streams";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What core and the adapters export beside their main entry. */
const ALL = ["core", "node", "deno", "workers", "browser"];
const SUBPATHS = {
  objects: ALL,
  post: ALL,
  streams: ALL,
  // Runtimes whose programs are bundled.
  upload: ["core", "workers", "browser"],
  // Runtimes with files.
  download: ["core", "node", "deno"],
  digest: ["core", "node", "deno"],
};
const subpaths = Object.entries(SUBPATHS);

/** A file, or one for each condition. */
type Target = string | { readonly [condition: string]: Target };

interface Manifest {
  readonly exports: Readonly<Record<string, Target>>;
}

function filesOf(target: Target): string[] {
  return typeof target === "string" ? [target] : Object.values(target).flatMap(filesOf);
}

const manifestOf = (path: string): Manifest =>
  JSON.parse(readFileSync(`${root}packages/${path}`, "utf8")) as Manifest;

it.each(subpaths)("./%s exists in core and in its adapters, and is built", (subpath, packages) => {
  for (const name of packages) {
    const target = manifestOf(`${name}/package.json`).exports[`./${subpath}`];
    expect(target, name).toMatchObject({ default: `./dist/${subpath}.js` });
    for (const file of filesOf(target ?? {}))
      expect(existsSync(`${root}packages/${name}/${file}`), `${name}/${file}`).toBe(true);
  }
});

it.each(subpaths)("./%s is published to JSR from the same sources", (subpath) => {
  for (const name of ["core", "deno"].filter((each) =>
    SUBPATHS[subpath as keyof typeof SUBPATHS].includes(each),
  )) {
    const target = manifestOf(`${name}/package.json`).exports[`./${subpath}`];
    expect(target, name).toMatchObject({ source: manifestOf(`${name}/deno.json`).exports[`./${subpath}`] });
  }
});

it("an adapter's subpath exports all of core's", () => {
  expect(Object.keys(nodeObjects).sort()).toEqual(Object.keys(objects).sort());
  expect(Object.keys(nodePost).sort()).toEqual(Object.keys(post).sort());
});

it("the digests are three names", () => {
  expect(Object.keys(nodeDigest).sort()).toEqual(["Digester", "combineCrc64", "digestOf"]);
});

it("the streams of an adapter are those that its runtime has", () => {
  expect(Object.keys(nodeStreams).sort()).toEqual(["createUploadStream", "createWriteStream"]);
  expect(Object.keys(workersStreams)).toEqual(["createUploadStream"]);
});
