import type { Command } from "commander";
import {
  type CompletedCommand,
  type CompletedFlag,
  completionOfBash,
  completionOfFish,
  completionOfZsh,
} from "../completion-scripts.ts";

const SCRIPTS = { bash: completionOfBash, zsh: completionOfZsh, fish: completionOfFish } as const;

/** Runs `cosup completion`: prints the script that completes the commands and flags of `program`. Returns the exit code. */
export function completion(program: Command, shell: keyof typeof SCRIPTS): number {
  process.stdout.write(SCRIPTS[shell](tableOf(program, "")));
  return 0;
}

/** The command and all commands below it. */
function tableOf(command: Command, path: string): CompletedCommand[] {
  const flags = command.options.map(
    (option): CompletedFlag => ({
      names: [option.long, option.short].filter((name) => typeof name === "string"),
      description: option.description,
      takesValue: option.required || option.optional,
      choices: option.argChoices ?? [],
    }),
  );
  const help = { names: ["--help", "-h"], description: "show the help", takesValue: false, choices: [] };
  const below = command.commands.filter((each) => each.name() !== "help");
  return [
    {
      path,
      description: command.description(),
      commands: below.map((each) => each.name()),
      flags: [...flags, help],
    },
    ...below.flatMap((each) => tableOf(each, `${path} ${each.name()}`.trim())),
  ];
}
