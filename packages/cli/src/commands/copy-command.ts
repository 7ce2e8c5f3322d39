import { type Command, Option } from "commander";
import { parseBandwidthLimit } from "../bandwidth/timetable.ts";
import { type Finish, withConnection } from "../connection-options.ts";
import { withExamples } from "../help/help-level.ts";
import { atLeastOne, collect, collectMetadata, httpDate, wholeNumber } from "../parse-arguments.ts";
import { bitRate, partSize } from "../parse-size.ts";
import { collectCacheRule, encodings } from "../site/site-flags.ts";

const HELP = `If the target ends with '/' or names only the bucket, the object key ends with the name of the file. To resume an
interrupted transfer, run the same command again: only what is missing is sent. A source in COS is downloaded to a path,
written to stdout (-), or copied inside COS to another cos://BUCKET/KEY.`;

const EXAMPLES = [
  "cosup cp big.bin cos://examplebucket-1250000000/dir/",
  "cosup cp -r ./site cos://examplebucket-1250000000/ --cache-control 'max-age=3600'",
  "cosup cp cos://examplebucket-1250000000/dir/big.bin ./big.bin",
  "cosup cp a.txt b.txt cos://examplebucket-1250000000/texts/",
  "cosup cp -r cos://examplebucket-1250000000/site/ ./site",
  "cosup cp --manifest-in manifest.jsonl cos://examplebucket-1250000000/",
  "tar cz . | cosup cp - cos://examplebucket-1250000000/backup.tgz --part-size 64",
];

const MOVE_HELP = `Before a source is deleted, its size and CRC64 are compared with those of its target once more. Folders that become empty stay.`;

const MOVE_EXAMPLES = [
  "cosup mv big.bin cos://examplebucket-1250000000/dir/",
  "cosup mv cos://examplebucket-1250000000/dir/big.bin ./big.bin",
  "cosup mv -r cos://examplebucket-1250000000/new/ cos://examplebucket-1250000000/done/",
];

/** Adds `cosup cp` and `mv` with their options to `program`. */
export function addCopy(program: Command, finish: Finish): void {
  const command = withConnection(program.command("cp"))
    .description("upload, download or copy inside COS: files, directories (-r), stdin or stdout (-)")
    .usage("[options] <source...> <target>")
    .argument("<paths...>", "one or more sources, then the target; one of the two is cos://BUCKET/KEY")
    .addHelpText("after", withExamples(HELP, EXAMPLES));
  addTransferOptions(command);
  addHeaderOptions(command);
  addSiteOptions(command);
  addCopyOptions(command);
  addManifestOptions(command);
  addOutputOptions(command);
  command.action(async (paths, flags) => finish(await (await import("./copy.ts")).copy(paths, flags)));
  addMove(program, finish);
}

function addMove(program: Command, finish: Finish): void {
  const command = withConnection(program.command("mv"))
    .description("copy as cp does, then delete each source whose target is verified")
    .usage("[options] <source...> <target>")
    .argument("<paths...>", "one or more sources, then the target; one of the two is cos://BUCKET/KEY")
    .addHelpText("after", withExamples(MOVE_HELP, MOVE_EXAMPLES));
  addTransferOptions(command);
  addHeaderOptions(command);
  addCopyOptions(command);
  addOutputOptions(command);
  command.action(async (paths, flags) => finish(await (await import("./move.ts")).move(paths, flags)));
}

/** Adds the flags that say how transfers are done. */
export function addTransferOptions(command: Command): void {
  command
    .option(
      "--part-size <size>",
      "part size, 1M to 5120M; a bare number is MiB (default: 1, above 64 MiB: 8)",
      partSize,
    )
    .option("--concurrency <n>", "parts of one file sent at the same time (default: 5)", wholeNumber)
    .option("--files <n>", "files uploaded at the same time (default: 5)", wholeNumber)
    .option(
      "--threads <n>",
      "threads that send the parts of files (default: the main one does everything)",
      wholeNumber,
    )
    .option("--md5", "verify an MD5 checksum of each request too; CRC64 is always verified")
    .option(
      "--bwlimit <rate>",
      "most bytes per second of everything that is sent, as in 10M, or by the time of the day: '08:00,512K 23:00,off'",
      parseBandwidthLimit,
    )
    .option(
      "--traffic-limit <bits>",
      "COS limits each request to so many bit/s, 819200 to 838860800, as in 80M",
      bitRate,
    )
    .option("--max-errors <n>", "stop when so many files have failed (default: no limit)", atLeastOne)
    .addOption(
      new Option(
        "--resume <mode>",
        "whether to resume an unfinished upload of the key (default: auto)",
      ).choices(["auto", "require", "server", "off"]),
    )
    .option("--state-dir <dir>", "directory for checkpoints");
}

/** Adds the flags that decide by the path of a file how it is stored. */
export function addSiteOptions(command: Command): void {
  command
    .option(
      "--compress <list>",
      "store texts with the first of these encodings that makes them smaller: gzip, br or both",
      encodings,
    )
    .option(
      "--cache-rule <pattern=value>",
      "Cache-Control of what the pattern matches; repeatable, the first one that matches counts",
      collectCacheRule,
    );
}

/** Adds the flags that say what is stored with objects. */
export function addHeaderOptions(command: Command): void {
  command
    .option("--acl <acl>", "ACL of the object: private, public-read, public-read-write or default")
    .option("--storage-class <class>", "storage class of the object: STANDARD, STANDARD_IA, ARCHIVE, …")
    .option(
      "--content-type <type>",
      "Content-Type of the object; auto: from the extension of the key, else of the file",
      "auto",
    )
    .option("--cache-control <value>", "Cache-Control of the object")
    .option("--content-disposition <value>", "Content-Disposition of the object")
    .option("--content-encoding <value>", "Content-Encoding of the object")
    .option("--content-language <value>", "Content-Language of the object")
    .option("--expires <date>", "Expires of the object", httpDate)
    .option("--meta <name=value>", "metadata of the object (x-cos-meta-NAME); repeatable", collectMetadata);
}

function addCopyOptions(command: Command): void {
  command.option("-r, --recursive", "upload a directory, or download or copy a folder of COS");
  addFilterOptions(command, "with -r: ");
  command
    .addOption(
      new Option(
        "--skip <mode>",
        "skip a file if its key exists, or if COS holds the same object (default: never; with -r: same)",
      ).choices(["never", "exists", "same"]),
    )
    .option("--source-region <name>", "region of a source in COS, for a copy inside COS (default: --region)")
    .option("--forbid-overwrite", "fail if the key exists");
}

function addManifestOptions(command: Command): void {
  command
    .option(
      "--manifest-in <file>",
      "store the objects of a manifest, JSON lines with source and key; - is stdin",
    )
    .option("--ledger <file>", "with --manifest-in: what is done, for the next run (default: FILE.ledger)")
    .option(
      "--root <dir>",
      "with --manifest-in: folder of sources with a relative path (default: the working directory)",
    )
    .option("--skip-bad-lines", "with --manifest-in: warn of lines that cannot be used, and go on");
}

/** Adds the flags that select files of a folder. */
export function addFilterOptions(command: Command, when: string): void {
  addPatternOptions(command, when);
  command
    .option("--no-cosignore", `${when}do not read .cosignore; it is a file as any other then`)
    .option("--follow-symlinks", `${when}follow symbolic links that point inside the directory`);
}

/** Adds the flags that select by path, of files and of objects. */
export function addPatternOptions(command: Command, when: string): void {
  command
    .option("--include <glob>", `${when}only what matches; repeatable`, collect)
    .option("--exclude <glob>", `${when}not what matches; repeatable, stronger than --include`, collect)
    .option(
      "--exclude-from <file>",
      `${when}not what the rules in this file match, in the form of a .gitignore; repeatable`,
      collect,
    )
    .option("--files-from <file>", `${when}only the paths in this file, one a line; - is stdin`)
    .option("-0, --null", "the paths of --files-from are separated by NUL characters");
}

/** Adds the flags that say what is printed. */
export function addOutputOptions(command: Command): void {
  command
    .option("--json", "print JSON lines to stdout, the summary last")
    .option("-q, --quiet", "print only errors")
    .option("--report <file>", "write a JSON line for each object: key, size, crc64, etag, version")
    .option("--no-progress", "print no progress bar and no progress lines")
    .option("-n, --dry-run", "list what would be uploaded, downloaded or copied, and do nothing");
}
