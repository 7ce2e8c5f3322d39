import type { Command } from "commander";
import type { Finish } from "../connection-options.ts";

/** Adds the commands that compare checksums to `program`. A command loads its modules only when it runs. */
export function addCheckCommands(program: Command, finish: Finish): void {
  addHash(program, finish);
}

function addHash(program: Command, finish: Finish): void {
  program
    .command("hash")
    .description("print the crc64 and the md5 of files, as COS computes them")
    .argument("<files...>", "files, or - for stdin")
    .option("--json", "print JSON lines")
    .addHelpText(
      "after",
      `
Examples:
  cosup hash big.bin
  cosup hash --json *.tgz
  tar c site | cosup hash -`,
    )
    .action(async (files, flags) => finish(await (await import("./hash.ts")).hash(files, flags)));
}
