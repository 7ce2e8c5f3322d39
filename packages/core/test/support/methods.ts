import { readdirSync } from "node:fs";
import type { Method } from "../../src/params/table.ts";

const source = new URL("../../src/", import.meta.url);

/** Every method with its parameters, from the files of the requests and transfers. */
export const METHODS: ReadonlyMap<string, Method> = new Map(
  (await Promise.all(["requests", "transfers", "directory", "objects", "post", "streams"].flatMap(modulesOf)))
    .flatMap((module) => Object.values(module).filter(isMethod))
    .map((method) => [method.name, method]),
);

function modulesOf(folder: string): Promise<Record<string, unknown>>[] {
  return readdirSync(new URL(`${folder}/`, source))
    .filter((name) => name.endsWith(".ts"))
    .map((name) => import(new URL(`${folder}/${name}`, source).href));
}

function isMethod(value: unknown): value is Method {
  return typeof value === "object" && value !== null && "name" in value && "parameters" in value;
}
