import type { Command } from "commander";
import { type Finish, withConnection } from "../connection-options.ts";
import { withExamples } from "../help/help-level.ts";
import { atLeastOne, wholeNumber } from "../parse-arguments.ts";
import { addFilterOptions } from "./copy-command.ts";

/** Adds the commands that compare checksums to `program`. A command loads its modules only when it runs. */
export function addCheckCommands(program: Command, finish: Finish): void {
  addHash(program, finish);
  addCheck(program, finish);
}

function addCheck(program: Command, finish: Finish): void {
  const command = withConnection(program.command("check"))
    .description("compare a file with its object, or a folder with a prefix, by size and crc64")
    .argument("[local]", "a file or a folder")
    .argument("[target]", "cos://BUCKET[/KEY]; the objects of a folder are those that cp -r makes")
    .option("--from <report>", "compare what a report of --report lists: with COS, or with files below local")
    .option("--one-way", "ignore objects without a file")
    .option("--files <n>", "files compared at the same time (default: 5)", wholeNumber)
    .option("--max-errors <n>", "stop when so many comparisons have failed (default: no limit)", atLeastOne)
    .option("-q, --quiet", "print only what differs")
    .option("--no-progress", "show no progress")
    .option("--json", "print JSON lines, the summary last")
    .addHelpText(
      "after",
      withExamples("Exits with 1 if something is missing, extra or different, and lists it.", [
        "cosup check ./site cos://examplebucket-1250000000/site/",
        "cosup check big.bin cos://examplebucket-1250000000/dir/",
        "cosup check --from report.jsonl",
      ]),
    );
  addFilterOptions(command, "of a folder: ");
  command.action(async (local, target, flags) =>
    finish(await (await import("./check.ts")).check(local, target, flags)),
  );
}

function addHash(program: Command, finish: Finish): void {
  program
    .command("hash")
    .description("print the crc64 and the md5 of files, as COS computes them")
    .argument("<files...>", "files, or - for stdin")
    .option("--no-progress", "show no progress")
    .option("--json", "print JSON lines")
    .addHelpText(
      "after",
      withExamples("", ["cosup hash big.bin", "cosup hash --json *.tgz", "tar c site | cosup hash -"]),
    )
    .action(async (files, flags) => finish(await (await import("./hash.ts")).hash(files, flags)));
}
