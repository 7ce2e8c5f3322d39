import type { Command } from "commander";
import { type Finish, withConnection } from "../connection-options.ts";
import { withExamples } from "../help/help-level.ts";
import { upTo } from "../parse-arguments.ts";
import { byteSize, partSize } from "../parse-size.ts";

/** Adds the commands of a fleet, which work on one queue in Redis, to `program`. */
export function addFleet(program: Command, finish: Finish): void {
  const fleet = program
    .command("fleet")
    .description("upload a manifest with many machines, which share a queue in Redis; needs @cosup/fleet");
  addEnqueue(fleet, finish);
  addWork(fleet, finish);
  withRun(fleet.command("status"))
    .description("show how far a run is")
    .option("--watch", "show it again every two seconds until the run is finished")
    .option("--json", "print JSON lines")
    .action(async (flags) => finish(await (await import("./fleet-status.ts")).status(flags)));
  withRun(fleet.command("retry"))
    .description("add the objects that failed to the queue again")
    .option("--json", "print one JSON object")
    .action(async (flags) => finish(await (await import("./fleet-status.ts")).retry(flags)));
  withRun(fleet.command("report"))
    .description("list every object with its crc64, failures with their reasons, and unfinished uploads")
    .option("--failed", "only failures and unfinished uploads")
    .option("--json", "print JSON lines, the summary last")
    .addHelpText(
      "after",
      withExamples("Exits with 1 if objects failed, are still to be sent, or uploads were left.", [
        "cosup fleet report --run photos",
        "cosup fleet report --run photos --json > report.jsonl",
      ]),
    )
    .action(async (flags) => finish(await (await import("./fleet-report.ts")).report(flags)));
}

function addEnqueue(fleet: Command, finish: Finish): void {
  withRun(fleet.command("enqueue"))
    .description("add the objects of a manifest to the queue; the same again adds only what is missing")
    .argument("<manifest>", "file of JSON lines with source and key, or - for stdin")
    .argument("<target>", "cos://BUCKET[/PREFIX/]; the prefix is put before each key")
    .option("--root <dir>", "folder of sources with a relative path (default: the working directory)")
    .option("--skip-bad-lines", "warn of lines that cannot be used, and go on")
    .option(
      "--part-size <size>",
      "larger objects go in parts of this size, for example 64M (default: 8M)",
      partSize,
    )
    .option("--attempts <n>", "attempts of an object before it counts as failed (default: 5)", upTo(100))
    .option("--recover", "Redis has lost the run: compare each object with COS before it is sent")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      withExamples("", [
        "cosup fleet enqueue photos.jsonl cos://examplebucket-1250000000 --run photos",
        "cosup fleet enqueue - cos://examplebucket-1250000000 --skip-bad-lines < photos.jsonl",
      ]),
    )
    .action(async (manifest, target, flags) =>
      finish(await (await import("./fleet-enqueue.ts")).enqueue(manifest, target, flags)),
    );
}

function addWork(fleet: Command, finish: Finish): void {
  withConnection(withQueue(fleet.command("work")))
    .description("take jobs from the queue until SIGTERM or SIGINT, then end what was begun")
    .option("--concurrency <n>", "objects and parts sent at the same time (default: 16)", upTo(1000))
    .option("--memory-budget <size>", "memory for parts, for example 256M (default: 64M)", byteSize)
    .option(
      "--until-finished [run]",
      "end when this run is finished, or without a name all runs of its queue",
    )
    .option("--json", "print JSON lines")
    .addHelpText(
      "after",
      withExamples("A worker that is lost is noticed by the others within 12 seconds.", [
        "cosup fleet work --redis redis://queue.example.com:6379",
        "cosup fleet work --until-finished photos",
        "cosup fleet work --concurrency 32 --memory-budget 256M",
      ]),
    )
    .action(async (flags) => finish(await (await import("./fleet-work.ts")).work(flags)));
}

function withQueue(command: Command): Command {
  return command
    .option("--redis <url>", "URL of Redis (default: redis://127.0.0.1:6379)")
    .option("--queue <name>", "name of the queue (default: cosup)");
}

function withRun(command: Command): Command {
  return withQueue(command).option("--run <name>", "name of the run (enqueue: a new one; else the last one)");
}
