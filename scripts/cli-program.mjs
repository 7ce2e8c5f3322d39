// The commands of the CLI as data, for what is written from them: the man page and the tables of docs/cli.md.
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root } from "./bootstrap.mjs";

/** @typedef {import("commander").Command} Command */

const SOURCES = `
  export { createProgram } from "./program.ts";
  export { SIMPLIFIED_CHINESE } from "./help/zh-cn/index.ts";
`;

/**
 * The commands, and the catalog of their texts in Chinese.
 * @returns {Promise<{ program: Command, chinese: Readonly<Record<string, string>> }>}
 */
export async function loadProgram() {
  const { createProgram, SIMPLIFIED_CHINESE } = await import(pathToFileURL(await bundle()).href);
  return { program: createProgram(() => {}), chinese: SIMPLIFIED_CHINESE };
}

/** The commands as a module of their own, because Node 20 does not read TypeScript. */
async function bundle() {
  const outfile = `${root}packages/cli/node_modules/.cache/program.mjs`;
  await build({
    stdin: { contents: SOURCES, resolveDir: `${root}packages/cli/src` },
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    conditions: ["source"],
    logLevel: "error",
  });
  return outfile;
}

/** `cp`, or `uploads ls`. @param {Command} command */
export function nameOf(command) {
  return command.parent?.parent ? `${command.parent.name()} ${command.name()}` : command.name();
}

/**
 * Every command that does something: of a group, the commands in it.
 * @param {Command} program
 * @returns {Command[]}
 */
export function commandsOf(program) {
  return program.commands
    .filter((command) => command.name() !== "help")
    .flatMap((command) => (command.commands.length > 0 ? command.commands : [command]));
}

/**
 * What stands behind the description of a flag.
 * @typedef {{ choices: (list: string) => string, byDefault: (value: string) => string }} Added
 */

/** @type {Added} */
const ENGLISH = { choices: (list) => ` (one of ${list})`, byDefault: (value) => ` (default: ${value})` };

/**
 * The description of a flag with its choices and its default.
 * @param {import("commander").Option} option
 * @param {string} text the description, or a translation of it
 * @param {Added} added
 */
export function detailsOf(option, text = option.description, added = ENGLISH) {
  const { description, argChoices, defaultValue, required } = option;
  const choices = argChoices === undefined ? "" : added.choices(argChoices.join(", "));
  const known =
    required && ["string", "number"].includes(typeof defaultValue) && !description.includes("(default");
  return `${text}${choices}${known ? added.byDefault(`${defaultValue}`) : ""}`;
}
