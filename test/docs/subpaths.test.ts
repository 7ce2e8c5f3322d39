import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as core from "@cosup/core/objects";
import * as node from "@cosup/node/objects";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What every adapter exports beside its main entry. */
const SUBPATHS = ["objects"];
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
  expect(Object.keys(node).sort()).toEqual(Object.keys(core).sort());
});
