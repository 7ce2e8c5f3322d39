// npm run man [-- --check]: writes the tables of flags in docs/cli.md and in its Chinese page, from the commands of the CLI.
// With --check, fails if one is stale. A table stands between `<!-- flags: … -->` and `<!-- end -->`. The words are commands
// whose flags it has (`ls, du`), then commands whose flags it leaves out (`sync but cp`), or the flags it has alone
// (`cp only --md5, --meta`). `common` are the flags of all commands that reach COS, which other tables leave out.
import { readFileSync, writeFileSync } from "node:fs";
import { root } from "./bootstrap.mjs";
import { commandsOf, detailsOf, loadProgram, nameOf } from "./cli-program.mjs";

/** @typedef {import("commander").Option} Option */

const { program, chinese } = await loadProgram();
const commands = new Map(commandsOf(program).map((command) => [nameOf(command), command.options]));
const PAGES = [
  {
    path: "docs/cli.md",
    head: "| flag | meaning |",
    describe: (/** @type {Option} */ flag) => detailsOf(flag),
  },
  { path: "docs/zh-CN/cli.md", head: "| 参数 | 含义 |", describe: inChinese },
];

for (const { path, head, describe } of PAGES) {
  const before = readFileSync(root + path, "utf8");
  const after = before.replace(/(<!-- flags: (.+) -->\n)[\s\S]*?(<!-- end -->)/g, (_, begin, words, end) => {
    const rows = flagsFor(words).map((flag) => `| \`${flag.flags}\` | ${cell(describe(flag))} |`);
    return `${begin}${[head, "|---|---|", ...rows].join("\n")}\n${end}`;
  });
  if (!process.argv.includes("--check")) writeFileSync(root + path, after);
  else if (before !== after) {
    console.error(`cosup: the tables in ${path} are not those of the commands: npm run man`);
    process.exitCode = 1;
  }
}

/** @param {string} words of the comment */
function flagsFor(words) {
  const [, shown = "", hidden = "", only = ""] = /^(.+?)(?: but (.+?))?(?: only (.+))?$/.exec(words) ?? [];
  // A flag of two commands stands once.
  const flags = new Map(
    shown.split(", ").flatMap((name) => optionsOf(name).map((flag) => [longOf(flag), flag])),
  );
  const left = hidden === "" ? [] : hidden.split(", ");
  if (shown !== "common" && flags.has("--endpoint")) left.push("common");
  for (const name of left) for (const flag of optionsOf(name)) flags.delete(longOf(flag));
  if (only === "") return [...flags.values()];
  return only.split(", ").map((name) => {
    const flag = flags.get(name);
    if (flag === undefined) throw new Error(`${shown} has no flag ${name}`);
    return flag;
  });
}

/** @param {string} name of a command, or `common` @returns {readonly Option[]} */
function optionsOf(name) {
  if (name === "common") {
    const reaching = [...commands.values()].filter((flags) =>
      flags.some(({ long }) => long === "--endpoint"),
    );
    const [first = [], ...others] = reaching;
    return first.filter((flag) =>
      others.every((flags) => flags.some((each) => longOf(each) === longOf(flag))),
    );
  }
  const flags = commands.get(name);
  if (flags === undefined) throw new Error(`no such command: ${name}`);
  return flags;
}

/** @param {Option} flag */
function longOf(flag) {
  return flag.long ?? flag.flags;
}

/** @param {Option} flag */
function inChinese(flag) {
  const text = chinese[flag.description] ?? flag.description;
  return detailsOf(flag, text, {
    choices: (list) => `（可选值：${list}）`,
    byDefault: (value) => `（默认：${value}）`,
  });
}

/** A description in a cell of a table, with flags and addresses as code. @param {string} text */
function cell(text) {
  return text
    .replace(
      /(?<![\w`-])(?:--?[a-z][\w-]*|cos:\/\/[\w/[\]{}]*|'[^']+')/g,
      (word) => `\`${word.replaceAll("'", "")}\``,
    )
    .replaceAll("|", "\\|")
    .replaceAll("<", "&lt;");
}
