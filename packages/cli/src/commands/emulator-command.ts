import type { Command } from "commander";
import type { Finish } from "../connection-options.ts";
import { collect, duration, numberList, portNumber, wholeNumber } from "../parse-arguments.ts";
import { byteSize } from "../parse-size.ts";

/** Adds `cosup emulator`. */
export function addEmulator(program: Command, finish: Finish): void {
  const command = program
    .command("emulator")
    .description("run a local COS server for tests and development until SIGINT or SIGTERM")
    .option("--port <n>", "port to listen on; 0 selects a free port", portNumber, 9000)
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--data <dir>", "directory that stores the objects (default: ./cosup-data)")
    .option("--memory", "keep the objects in memory until it stops, in place of --data")
    .option(
      "--bucket <name>",
      "bucket to serve, BucketName-APPID; repeatable (default: demo-1250000000)",
      collect,
    );
  addKeys(command)
    .option("--region <name>", "region name in the Location of responses")
    .option("--min-part-size <size>", "minimum part size, for example 64K (default: 1M)", byteSize)
    .option("--tls", "serve HTTPS with a certificate of this run, and print the file that clients must trust")
    .option("--cors", "let every web page use buckets without a cross-origin configuration of their own");
  addFaults(command)
    .option("--verbose", "print one line per request to stdout")
    .action(async ({ bucket = ["demo-1250000000"], ...flags }) => {
      finish(await (await import("./emulator.ts")).emulate({ ...flags, bucket }));
    });
}

function addKeys(command: Command): Command {
  return command
    .option(
      "--secret-id <id>",
      "SecretId that requests are signed with (default: from the environment, or one that everybody knows)",
    )
    .option("--secret-key <key>", "SecretKey of this SecretId (default: from the environment)")
    .option("--token <token>", "session token of a temporary key (default: from the environment)")
    .option("--policy <file>", "JSON policy that limits what the key may do, in the form of STS");
}

function addFaults(command: Command): Command {
  return command
    .option("--faults <file>", "JSON script of faults to inject, see docs/faults.md")
    .option(
      "--link-rate <size>",
      "slow line: bytes per second in each direction, for all connections together, for example 512K",
      byteSize,
    )
    .option(
      "--link-latency <duration>",
      "slow line: how long each direction takes, for example 80ms",
      duration,
    )
    .option("--link-jitter <duration>", "slow line: up to so much longer, by --link-seed", duration)
    .option("--link-seed <n>", "slow line: number that chooses the jitter (default: 1)", wholeNumber)
    .option(
      "--replay <seed>",
      "inject the faults that this number stands for, and list them at the end",
      wholeNumber,
    )
    .option("--replay-faults <ids>", "with --replay: only these of its faults, for example 12,34", numberList)
    .option(
      "--record <file>",
      "write requests, responses and faults to this file at the end, without contents",
    )
    .option("--play-back <file>", "let the same requests go wrong again as in this file of --record");
}
