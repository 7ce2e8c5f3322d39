import { type Command, Help, type Option } from "commander";

/** Examples that the short help of a command shows. */
const FEW = 3;

/** Flags for special cases: `--help` fits a screen without them, and `cosup help COMMAND` has them. */
const SPECIAL: ReadonlySet<string> = new Set([
  "--acl",
  "--cache-rule",
  "--compress",
  "--concurrency",
  "--content-disposition",
  "--content-encoding",
  "--content-language",
  "--content-type",
  "--cors",
  "--exclude-from",
  "--expires",
  "--files",
  "--files-from",
  "--follow-symlinks",
  "--forbid-overwrite",
  "--host",
  "--include",
  "--ledger",
  "--link-jitter",
  "--link-seed",
  "--log-file",
  "--manifest-in",
  "--max-attempts",
  "--max-delete",
  "--max-errors",
  "--md5",
  "--meta",
  "--min-part-size",
  "--no-cosignore",
  "--no-progress",
  "--null",
  "--part-size",
  "--play-back",
  "--policy",
  "--proxy",
  "--record",
  "--replay-faults",
  "--report",
  "--resume",
  "--root",
  "--skip-bad-lines",
  "--source-region",
  "--state-dir",
  "--threads",
  "--timeout",
  "--token",
  "--traffic-limit",
]);

/** Whether help has everything, and its language. One for the process, which prints help once. */
const level = { all: false, translate: (text: string): string => text };

/** Prints the texts after the flags as `translate` gives them. Those of commands and flags are translated by a `Help`. */
export function translateTexts(translate: (text: string) => string): void {
  level.translate = translate;
}

/** Text after the flags of a command: an explanation, and examples, of which the short help has the first `few`. */
export function withExamples(text: string, examples: readonly string[], few = FEW): () => string {
  return () => {
    const shown = level.all ? examples : examples.slice(0, few);
    const before = text === "" ? "" : `\n${level.translate(text)}\n`;
    return `${before}\n${level.translate("Examples:")}\n${shown.map((example) => `  ${example}`).join("\n")}`;
  };
}

/** From now on, help has every flag and all examples. */
export function showEverything(): void {
  level.all = true;
}

/** Text of `cosup help` alone. */
export function onlyInFull(text: string): () => string {
  return () => (level.all ? `\n${level.translate(text)}` : "");
}

/** Gives `program` two lengths of help: `--help` on one screen, and `cosup help COMMAND` with every flag. */
export function addHelpLevels(program: Command): void {
  program
    .configureHelp({ visibleOptions, visibleCommands, subcommandTerm: (command) => command.name() })
    .addHelpText("afterAll", ({ command }) => (level.all || !hasMore(command) ? "" : moreOf(command)))
    .helpCommand(false)
    .command("help")
    .description("all flags of a command, with their defaults")
    .argument("[command...]", "`cp`, or `uploads ls`")
    .action((words: string[]) => {
      showEverything();
      commandOf(program, words).help();
    });
}

function visibleOptions(this: Help, command: Command): Option[] {
  const options = Help.prototype.visibleOptions.call(this, command);
  return level.all ? options : options.filter(({ long }) => !SPECIAL.has(long ?? ""));
}

/** The commands in the order of the program; `help` is the first one there, and the last one that a reader looks for. */
function visibleCommands(this: Help, command: Command): Command[] {
  const commands = Help.prototype.visibleCommands.call(this, command);
  const isHelp = (each: Command): boolean => each.name() === "help";
  return [...commands.filter((each) => !isHelp(each)), ...commands.filter(isHelp)];
}

function hasMore(command: Command): boolean {
  return command.parent === null || command.options.some(({ long }) => SPECIAL.has(long ?? ""));
}

function moreOf(command: Command): string {
  const words: string[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) words.unshift(at.name());
  const [cosup, ...rest] = words;
  const what = rest.length === 0 ? "Environment and exit codes: " : "More flags: ";
  return `\n${level.translate(what)}${[cosup, "help", ...rest].join(" ")}\n`;
}

/** The command that the words select. An unknown one is refused as commander refuses it. */
function commandOf(program: Command, words: readonly string[]): Command {
  let command = program;
  for (const word of words) {
    const next = command.commands.find((each) => each.name() === word);
    if (next === undefined)
      return command.error(`error: unknown command '${word}'`, { code: "commander.unknownCommand" });
    command = next;
  }
  return command;
}
