import { type Command, InvalidArgumentError, Option } from "commander";
import { type Finish, withConnection } from "../connection-options.ts";
import { withExamples } from "../help/help-level.ts";
import { duration, levels } from "../parse-arguments.ts";
import { addPatternOptions } from "./copy-command.ts";
import { addSync } from "./sync-command.ts";

/** Adds the commands that sync, list, show and remove objects to `program`. A command loads its modules only when it runs. */
export function addObjectCommands(program: Command, finish: Finish): void {
  addSync(program, finish);
  addList(program, finish);
  addUsage(program, finish);
  addStat(program, finish);
  addCat(program, finish);
  addRemove(program, finish);
  addPresign(program, finish);
}

function addList(program: Command, finish: Finish): void {
  withConnection(program.command("ls"))
    .description("list the objects and folders below a prefix")
    .argument("<target>", "cos://BUCKET[/PREFIX]")
    .option("-l, --long", "print size in bytes, time and storage class too")
    .option("-r, --recursive", "list the objects of all folders below")
    .option("--total", "print the number of objects and their size at the end")
    .option("--json", "print JSON lines, the summary last")
    .addHelpText(
      "after",
      withExamples("", [
        "cosup ls cos://examplebucket-1250000000",
        "cosup ls -l cos://examplebucket-1250000000/photos/",
        "cosup ls -r cos://examplebucket-1250000000/photos/2026 --total",
      ]),
    )
    .action(async (target, flags) => finish(await (await import("./ls.ts")).list(target, flags)));
}

function addUsage(program: Command, finish: Finish): void {
  withConnection(program.command("du"))
    .description("add up the objects below a prefix")
    .argument("<target>", "cos://BUCKET[/PREFIX]")
    .option("--depth <n>", "print a line for each folder, down to this level (default: 0)", levels)
    .option("--json", "print JSON lines, the summary last")
    .addHelpText(
      "after",
      withExamples("", [
        "cosup du cos://examplebucket-1250000000",
        "cosup du cos://examplebucket-1250000000/photos/ --depth 1",
        "cosup du cos://examplebucket-1250000000/backup/2026- --json",
      ]),
    )
    .action(async (target, flags) => finish(await (await import("./du.ts")).usage(target, flags)));
}

function addStat(program: Command, finish: Finish): void {
  withConnection(program.command("stat"))
    .description("show the size, crc64, etag, headers and metadata of an object")
    .argument("<target>", "cos://BUCKET/KEY")
    .option("--json", "print one JSON object")
    .action(async (target, flags) => finish(await (await import("./stat.ts")).stat(target, flags)));
}

function addCat(program: Command, finish: Finish): void {
  withConnection(program.command("cat"))
    .description("write an object to stdout, and compare its crc64 at the end")
    .argument("<target>", "cos://BUCKET/KEY")
    .option(
      "--range <first-last>",
      "only these bytes, for example 0-1023 or -100; a range is not verified",
      range,
    )
    .option("--version-id <id>", "this version of the object")
    .addHelpText(
      "after",
      withExamples("", [
        "cosup cat cos://examplebucket-1250000000/logs/today.log",
        "cosup cat cos://examplebucket-1250000000/backup.tgz | tar tz",
        "cosup cat cos://examplebucket-1250000000/logs/today.log --range -1000",
      ]),
    )
    .action(async (target, flags) => finish(await (await import("./cat.ts")).cat(target, flags)));
}

/** Of a range that ends before it begins, a server sends the whole object. */
function range(value: string): string {
  const [, first = "", last = ""] = /^(\d*)-(\d*)$/.exec(value) ?? [];
  const isRange = first === "" ? Number(last) > 0 : last === "" || Number(last) >= Number(first);
  if (!isRange) {
    throw new InvalidArgumentError("It must be first-last, first- or -count, for example 0-1023.");
  }
  return value;
}

function addRemove(program: Command, finish: Finish): void {
  const command = withConnection(program.command("rm"))
    .description("delete objects, or with -r every object of a folder")
    .argument("<targets...>", "cos://BUCKET/KEY, with -r cos://BUCKET/FOLDER/")
    .option("-r, --recursive", "delete every object below the folder; asks first")
    .option("-y, --yes", "do not ask; needed with -r where there is no terminal")
    .option("-n, --dry-run", "list what would be deleted, delete nothing")
    .option("--version-id <id>", "delete this version of the object for good")
    .option("-q, --quiet", "print only errors")
    .option("--json", "print JSON lines, the summary last")
    .addHelpText(
      "after",
      withExamples(
        "",
        [
          "cosup rm cos://examplebucket-1250000000/old.bin",
          "cosup rm -r cos://examplebucket-1250000000/tmp/ --dry-run",
          "cosup rm -r cos://examplebucket-1250000000/tmp/ --yes",
          "cosup rm -r cos://examplebucket-1250000000/site/ --include '*.map'",
        ],
        4,
      ),
    );
  addPatternOptions(command, "with -r: ");
  command.action(async (targets, flags) => finish(await (await import("./rm.ts")).remove(targets, flags)));
}

function addPresign(program: Command, finish: Finish): void {
  withConnection(program.command("presign"))
    .description("print a signed URL of an object; sends nothing")
    .argument("<target>", "cos://BUCKET/KEY")
    .addOption(
      new Option("--method <method>", "what the URL may be used for")
        .choices(["GET", "PUT", "HEAD", "DELETE"])
        .default("GET"),
    )
    .option("--expires <duration>", "how long it is valid, for example 15m (default: 15m)", duration, 900_000)
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      withExamples("", [
        "cosup presign cos://examplebucket-1250000000/report.pdf --expires 7d",
        "cosup presign cos://examplebucket-1250000000/upload.bin --method PUT",
      ]),
    )
    .action(async (target, flags) => finish(await (await import("./presign.ts")).presign(target, flags)));
}
