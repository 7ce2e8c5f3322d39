import { Argument, type Command } from "commander";
import { type Finish, withConnection } from "../connection-options.ts";
import { withExamples } from "../help/help-level.ts";

/** Adds the commands about cosup itself to `program`. */
export function addOwnCommands(program: Command, finish: Finish): void {
  addDoctor(program, finish);
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
      withExamples("", [
        "source <(cosup completion bash)",
        "source <(cosup completion zsh)",
        "cosup completion fish > ~/.config/fish/completions/cosup.fish",
      ]),
    )
    .action(async (shell) => finish((await import("./completion.ts")).completion(program, shell)));
}

function addDoctor(program: Command, finish: Finish): void {
  withConnection(program.command("doctor"))
    .description("check what a request needs: credentials, endpoint, proxy, DNS, TLS, clock, permissions")
    .argument("[bucket]", "cos://BUCKET[/PREFIX], whose permissions are checked, too")
    .option("--write", "also write an empty object below the prefix, and delete it")
    .option("--json", "print JSON lines, the summary last")
    .addHelpText(
      "after",
      withExamples(
        "Prints a line for each check: ok, warn or fail, with what to do. Secrets are never printed.",
        [
          "cosup doctor",
          "cosup doctor cos://examplebucket-1250000000",
          "cosup doctor cos://examplebucket-1250000000/tmp/ --write",
        ],
      ),
    )
    .action(async (bucket, flags) => finish(await (await import("./doctor.ts")).doctor(bucket, flags)));
}
