import { Argument, type Command } from "commander";
import type { Finish } from "../connection-options.ts";

/** Adds the commands about cosup itself to `program`. */
export function addOwnCommands(program: Command, finish: Finish): void {
  program
    .command("version")
    .description("print the versions of cosup, of its core and of Node")
    .option("--json", "print one JSON object")
    .action(async (flags) => finish((await import("./version.ts")).version(flags)));
  program
    .command("completion")
    .description("print a script that completes commands and flags in a shell")
    .addArgument(new Argument("<shell>", "bash, zsh or fish").choices(["bash", "zsh", "fish"]))
    .addHelpText(
      "after",
      `
Examples:
  source <(cosup completion bash)
  source <(cosup completion zsh)
  cosup completion fish > ~/.config/fish/completions/cosup.fish`,
    )
    .action(async (shell) => finish((await import("./completion.ts")).completion(program, shell)));
}
