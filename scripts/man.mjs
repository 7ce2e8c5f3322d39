// npm run man [-- --check]: writes packages/cli/man/cosup.1 from the commands of the CLI. With --check, fails if it is stale.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { root } from "./bootstrap.mjs";
import { commandsOf, detailsOf, loadProgram, nameOf } from "./cli-program.mjs";

/** @typedef {import("commander").Command} Command */

const PAGE = `${root}packages/cli/man/cosup.1`;
const { version } = JSON.parse(readFileSync(`${root}packages/cli/package.json`, "utf8"));

const page = await manual();
if (!process.argv.includes("--check")) {
  mkdirSync(`${root}packages/cli/man`, { recursive: true });
  writeFileSync(PAGE, page);
} else if (readFileSync(PAGE, "utf8") !== page) {
  console.error("cosup: packages/cli/man/cosup.1 is not that of these commands: npm run man");
  process.exit(1);
}

/** The source of the page: each command with its flags and examples, then the environment and the exit codes. */
async function manual() {
  const { program } = await loadProgram();
  // As `cosup help` does, which turns every flag on.
  const rest = await textAfter(program, () => program.parseAsync(["node", "cosup", "help"]));
  const sections = [];
  for (const command of commandsOf(program)) sections.push(...(await section(command)));
  return [
    `.TH COSUP 1 "" "cosup ${version}" "Tencent Cloud COS"`,
    ".SH NAME",
    "cosup \\- upload to Tencent Cloud COS, download and manage objects",
    ".SH SYNOPSIS",
    ".B cosup",
    "\\fICOMMAND\\fR [\\fIFLAGS\\fR] \\fIARGUMENTS\\fR",
    ".SH DESCRIPTION",
    roff(program.description()),
    ".SH COMMANDS",
    ...sections,
    ".SH NOTES",
    ".nf",
    roff(rest),
    ".fi",
    "",
  ].join("\n");
}

/** @param {Command} command */
async function section(command) {
  const after = await textAfter(command, () => command.outputHelp());
  return [
    `.SS "cosup ${nameOf(command)} ${roff(command.usage())}"`,
    roff(`${command.description()}.`),
    ...command.options.flatMap((option) => [".TP", `\\fB${roff(option.flags)}\\fR`, roff(detailsOf(option))]),
    ...(after === "" ? [] : [".PP", ".nf", roff(after), ".fi"]),
  ];
}

/**
 * What help prints behind the flags.
 * @param {Command} command @param {() => unknown} print commander throws when it has printed
 */
async function textAfter(command, print) {
  let help = "";
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
  });
  try {
    await print();
  } catch (error) {
    if (/** @type {{ exitCode?: number }} */ (error).exitCode !== 0) throw error;
  }
  const flags = command.helpInformation();
  return help.slice(help.indexOf(flags) + flags.length).trim();
}

/** @param {string} text */
function roff(text) {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/^([.'])/gm, "\\&$1");
}
