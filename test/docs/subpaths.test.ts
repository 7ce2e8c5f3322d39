import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as objects from "@cosup/core/objects";
import * as post from "@cosup/core/post";
import * as nodeObjects from "@cosup/node/objects";
import * as nodePost from "@cosup/node/post";
import * as nodeStreams from "@cosup/node/streams";
import * as workersStreams from "@cosup/workers/streams";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What every adapter exports beside its main entry. */
const SUBPATHS = ["objects", "post", "streams"];
const ADAPTERS = ["node", "deno", "workers"];

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

it.each(SUBPATHS)("./%s exists in core and in every adapter, and is built", (subpath) => {
  for (const name of ["core", ...ADAPTERS]) {
    const target = manifestOf(`${name}/package.json`).exports[`./${subpath}`];
    expect(target, name).toMatchObject({ default: `./dist/${subpath}.js` });
    for (const file of filesOf(target ?? {}))
      expect(existsSync(`${root}packages/${name}/${file}`), `${name}/${file}`).toBe(true);
  }
});

it.each(SUBPATHS)("./%s is published to JSR from the same sources", (subpath) => {
  for (const name of ["core", "deno"]) {
    const target = manifestOf(`${name}/package.json`).exports[`./${subpath}`];
    expect(target, name).toMatchObject({ source: manifestOf(`${name}/deno.json`).exports[`./${subpath}`] });
  }
});

it("an adapter's subpath exports all of core's", () => {
  expect(Object.keys(nodeObjects).sort()).toEqual(Object.keys(objects).sort());
  expect(Object.keys(nodePost).sort()).toEqual(Object.keys(post).sort());
});

it("the streams of an adapter are those that its runtime has", () => {
  expect(Object.keys(nodeStreams).sort()).toEqual(["createUploadStream", "createWriteStream"]);
  expect(Object.keys(workersStreams)).toEqual(["createUploadStream"]);
});
