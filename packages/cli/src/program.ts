import { Command } from "commander";
import { version } from "../package.json";
import { addCopy } from "./commands/copy-command.ts";
import { type Finish, withConnection } from "./connection-options.ts";
import { collect, duration, portNumber, wholeNumber } from "./parse-arguments.ts";

const HELP = `
Credentials come from the environment: COS_SECRET_ID and COS_SECRET_KEY (and COS_TOKEN for temporary ones), or
TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY (and TENCENTCLOUD_SESSION_TOKEN).

Examples:
  cosup cp big.bin cos://examplebucket-1250000000/dir/ --region ap-guangzhou
  cosup cp -r ./photos cos://examplebucket-1250000000/photos --include '*.jpg'
  pg_dump shop | cosup cp - cos://examplebucket-1250000000/backup/shop.sql
  cosup stat cos://examplebucket-1250000000/dir/big.bin --json
  cosup uploads abort cos://examplebucket-1250000000/ --all --older-than 7d
  cosup emulator --data ./data --secret-id ID --secret-key KEY

An upload that was interrupted goes on when the same command is given again.

Exit codes:
  0 done · 1 some transfers failed, or not found · 2 usage · 3 credentials missing or denied
  4 source missing or unreadable · 5 temporary failure · 6 integrity, or source changed · 7 locked
  8 outcome unknown · 130 SIGINT · 143 SIGTERM`;

/** The whole command line. Commands load what they need when they run, so that help is instant. */
export function createProgram(finish: Finish): Command {
  const program = new Command("cosup")
    .description("Uploads to Tencent Cloud COS: resumable, every byte proven by CRC64.")
    .version(version)
    .exitOverride()
    // One place reports errors; commander's own would be a second line.
    .configureOutput({ outputError: () => {} })
    .addHelpText("after", HELP);
  addCopy(program, finish);
  addStat(program, finish);
  addUploads(program, finish);
  addEmulator(program, finish);
  return program;
}

function addStat(program: Command, finish: Finish): void {
  withConnection(program.command("stat"))
    .description("show an object: size, crc64, etag, metadata")
    .argument("<target>", "cos://BUCKET/KEY")
    .option("--json", "one JSON object")
    .action(async (target, flags) => finish(await (await import("./commands/stat.ts")).stat(target, flags)));
}

function addUploads(program: Command, finish: Finish): void {
  const uploads = program.command("uploads").description("list or abort unfinished multipart uploads");
  withConnection(uploads.command("ls"))
    .description("list unfinished uploads")
    .argument("<target>", "cos://BUCKET[/PREFIX]")
    .option("--json", "JSON lines")
    .action(async (target, flags) => {
      finish(await (await import("./commands/uploads.ts")).listUploads(target, flags));
    });
  withConnection(uploads.command("abort"))
    .description("abort unfinished uploads of a key, or with --all below a prefix that ends with '/'")
    .argument("<target>", "cos://BUCKET/KEY")
    .option("--upload-id <id>", "this one")
    .option("--all", "all of the key")
    .option("--older-than <duration>", "with --all: only those begun longer ago, as in 7d", duration)
    .option("--json", "JSON lines")
    .action(async (target, flags) => {
      finish(await (await import("./commands/uploads.ts")).abortUploads(target, flags));
    });
}

function addEmulator(program: Command, finish: Finish): void {
  program
    .command("emulator")
    .description("run a local COS for tests and development, until SIGINT or SIGTERM")
    .option("--port <n>", "0: any free one", portNumber, 9000)
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--data <dir>", "where the objects live", "./cosup-data")
    .option("--bucket <name>", "BucketName-APPID; repeatable (default: demo-1250000000)", collect)
    .option("--secret-id <id>", "key pair that requests are signed with (default: from the environment)")
    .option("--secret-key <key>", "its secret")
    .option("--region <name>", "region that locations name")
    .option("--min-part-size <bytes>", "smallest part that is accepted (default: 1 MiB)", wholeNumber)
    .option("--faults <file>", "JSON script of faults to act out, see docs/faults.md")
    .option("--verbose", "a line per request on stdout")
    .action(async ({ bucket = ["demo-1250000000"], ...flags }) => {
      finish(await (await import("./commands/emulator.ts")).emulate({ ...flags, bucket }));
    });
}
