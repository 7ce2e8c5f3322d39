import { type Command, Option } from "commander";
import { type Finish, withConnection } from "../connection-options.ts";
import { collect, collectMetadata, wholeNumber } from "../parse-arguments.ts";

const HELP = `
A target that ends with '/' (or is the bucket itself) keeps the file's name. The same command again goes on where an
interrupted one stopped: only parts that COS does not hold are sent.

Examples:
  cosup cp big.bin cos://examplebucket-1250000000/dir/big.bin
  cosup cp a.txt b.txt cos://examplebucket-1250000000/texts/
  cosup cp -r ./site cos://examplebucket-1250000000/ --exclude node_modules --cache-control 'max-age=3600'
  tar cz . | cosup cp - cos://examplebucket-1250000000/backup.tgz --part-size 64`;

export function addCopy(program: Command, finish: Finish): void {
  const command = withConnection(program.command("cp"))
    .description("upload a file, several files, a folder (-r), or stdin (-)")
    .usage("[options] <source...> cos://BUCKET/KEY")
    .argument("<paths...>", "sources, then cos://BUCKET/KEY")
    .addHelpText("after", HELP);
  addTransferOptions(command);
  addHeaderOptions(command);
  addFolderOptions(command);
  addOutputOptions(command);
  command.action(async (words, flags) => finish(await (await import("./copy.ts")).copy(words, flags)));
}

function addTransferOptions(command: Command): void {
  command
    .option("--part-size <MB>", "megabytes (1 048 576 bytes) per part, 1 to 5120 (default: 1)", wholeNumber)
    .option("--concurrency <n>", "parts of a file under way at once (default: 5)", wholeNumber)
    .option("--files <n>", "files under way at once (default: 5)", wholeNumber)
    .option("--md5", "let COS check an MD5 too; CRC64 is always checked")
    .option("--traffic-limit <bits>", "bit/s of each request, 819200 to 838860800", wholeNumber)
    .addOption(
      new Option("--resume <mode>", "earlier upload of the same key").choices([
        "auto",
        "require",
        "server",
        "off",
      ]),
    )
    .addOption(
      new Option("--skip <mode>", "what need not be uploaded (default: never; same with -r)").choices([
        "never",
        "exists",
        "same",
      ]),
    )
    .addOption(new Option("--state-dir <dir>", "where checkpoints are kept").env("COSUP_STATE_DIR"));
}

function addHeaderOptions(command: Command): void {
  command
    .option("--acl <acl>", "private, public-read, public-read-write or default")
    .option("--storage-class <class>", "STANDARD, STANDARD_IA, ARCHIVE, …")
    .option("--content-type <type>", "auto: by the key's extension, else the file's", "auto")
    .option("--cache-control <value>", "Cache-Control of the object")
    .option("--content-disposition <value>", "Content-Disposition of the object")
    .option("--content-encoding <value>", "Content-Encoding of the object")
    .option("--content-language <value>", "Content-Language of the object")
    .option("--expires <date>", "Expires of the object")
    .option("--meta <name=value>", "metadata (x-cos-meta-NAME); repeatable", collectMetadata)
    .option("--forbid-overwrite", "fail when the key exists");
}

function addFolderOptions(command: Command): void {
  command
    .option("-r, --recursive", "upload a folder")
    .option("--include <glob>", "with -r: only these; repeatable", collect)
    .option("--exclude <glob>", "with -r: not these; repeatable", collect)
    .option("--follow-symlinks", "with -r: follow symbolic links that stay in the folder");
}

function addOutputOptions(command: Command): void {
  command
    .option("--json", "JSON lines on stdout, a summary last")
    .option("-q, --quiet", "only errors")
    .option("--no-progress", "no bar and no progress lines")
    .option("-n, --dry-run", "list what would be uploaded, send nothing");
}
