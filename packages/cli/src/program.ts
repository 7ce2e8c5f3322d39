import { Command, Option } from "commander";
import { version } from "../package.json";
import { addCheckCommands } from "./commands/check-commands.ts";
import { addConfig } from "./commands/config-commands.ts";
import { addCopy } from "./commands/copy-command.ts";
import { addEmulator } from "./commands/emulator-command.ts";
import { addFleet } from "./commands/fleet-command.ts";
import { addObjectCommands } from "./commands/object-commands.ts";
import { addOwnCommands } from "./commands/own-commands.ts";
import { type Finish, withConnection } from "./connection-options.ts";
import { ownEnvironment } from "./credentials.ts";
import { addHelpLevels, onlyInFull, withExamples } from "./help/help-level.ts";
import { expectJson } from "./output.ts";
import { duration } from "./parse-arguments.ts";

const EXAMPLES = [
  "cosup cp -r ./photos cos://examplebucket-1250000000/photos --include '*.jpg'",
  "cosup cp cos://examplebucket-1250000000/dir/big.bin ./big.bin",
  "cosup sync ./site cos://examplebucket-1250000000/site/ --delete",
  "cosup cp big.bin cos://examplebucket-1250000000/dir/ --region ap-guangzhou",
  "pg_dump shop | cosup cp - cos://examplebucket-1250000000/backup/shop.sql",
  "cosup ls -l cos://examplebucket-1250000000/dir/",
  "cosup uploads abort cos://examplebucket-1250000000/ --all --older-than 7d",
  "cosup emulator --data ./data",
];

const SETTINGS = `Credentials are read from environment variables: COS_SECRET_ID and COS_SECRET_KEY (and COS_TOKEN for temporary
credentials), or TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY (and TENCENTCLOUD_SESSION_TOKEN); else from a profile
(cosup config init), else from the files of coscli and coscmd. Every flag that deletes nothing can be set by a variable, too:
--part-size by COSUP_PART_SIZE; and by a profile: part_size. A flag is stronger than the environment, which is stronger than
a profile; but a profile that --profile names is stronger than the environment.

To resume an interrupted upload, run the same command again.

Exit codes:
    0 success
    1 some objects failed or differ, or the object, bucket or upload does not exist
    2 invalid arguments
    3 credentials are missing or were denied
    4 a source is missing or cannot be read
    5 temporary failure: all retries failed, and the same command may succeed later
    6 the verification failed, or the source changed during the upload
    7 locked: another process uploads to the same key, or uses the data directory of the emulator
    8 unknown outcome: COS may or may not hold the object
  130 interrupted by SIGINT
  143 terminated by SIGTERM`;

/** Creates the parser of all commands. A command loads its modules only when it runs, so that help starts fast. */
export function createProgram(finish: Finish): Command {
  const program = new Command("cosup")
    .description(
      "Upload to Tencent Cloud COS, download and manage objects. Transfers can be resumed, and CRC64 verifies them.",
    )
    .version(version)
    .exitOverride()
    // main.ts reports errors; the message of commander would be a second line.
    .configureOutput({ outputError: () => {} })
    .addHelpText(
      "after",
      withExamples(
        "Keys: run cosup config init, or set COS_SECRET_ID, COS_SECRET_KEY and COS_REGION.",
        EXAMPLES,
      ),
    )
    .addHelpText("after", onlyInFull(SETTINGS))
    .hook("preAction", async (root, command) => {
      const { applySettings } = await import("./config/apply-settings.ts");
      await applySettings(root, command, ownEnvironment());
      if (command.opts().json === true) expectJson();
    });
  // First: the commands take its settings over.
  addHelpLevels(program);
  addCopy(program, finish);
  addObjectCommands(program, finish);
  addCheckCommands(program, finish);
  addUploads(program, finish);
  addFleet(program, finish);
  addEmulator(program, finish);
  addConfig(program, finish);
  addOwnCommands(program, finish);
  return program;
}

function addUploads(program: Command, finish: Finish): void {
  const uploads = program.command("uploads").description("list or abort unfinished multipart uploads");
  withConnection(uploads.command("ls"))
    .description("list the unfinished uploads of a bucket or of a key prefix")
    .argument("<target>", "cos://BUCKET[/PREFIX]")
    .option("--json", "print JSON lines")
    .action(async (target, flags) => {
      finish(await (await import("./commands/uploads.ts")).listUploads(target, flags));
    });
  withConnection(uploads.command("abort"))
    .description("abort unfinished uploads of a key; with --all, also of a key prefix that ends with '/'")
    .argument("<target>", "cos://BUCKET/KEY")
    .option("--upload-id <id>", "abort only this upload")
    .option("--all", "abort all unfinished uploads of the target")
    .option(
      "--older-than <duration>",
      "with --all: abort only uploads that are older, for example 7d",
      duration,
    )
    .option("--json", "print JSON lines")
    .action(async (target, flags) => {
      finish(await (await import("./commands/uploads.ts")).abortUploads(target, flags));
    });
  addPrune(uploads, finish);
}

function addPrune(uploads: Command, finish: Finish): void {
  withConnection(uploads.command("prune"))
    .description(
      "abort unfinished uploads that are old, and remove checkpoints whose upload is gone; asks first",
    )
    .argument("<target>", "cos://BUCKET[/PREFIX]")
    .option(
      "--older-than <duration>",
      "only what is older, for example 30d (default: 7d)",
      duration,
      604_800_000,
    )
    .option("-y, --yes", "do not ask; needed where there is no terminal")
    .option("-n, --dry-run", "list what would be aborted and removed, and do nothing")
    .addOption(new Option("--state-dir <dir>", "directory of the checkpoints").env("COSUP_STATE_DIR"))
    .option("--json", "print JSON lines")
    .action(async (target, flags) => {
      finish(await (await import("./commands/prune-uploads.ts")).pruneUploads(target, flags));
    });
}
