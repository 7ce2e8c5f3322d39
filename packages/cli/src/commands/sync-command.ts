import { type Command, Option } from "commander";
import { type Finish, withConnection } from "../connection-options.ts";
import { withExamples } from "../help/help-level.ts";
import { levels } from "../parse-arguments.ts";
import {
  addFilterOptions,
  addHeaderOptions,
  addOutputOptions,
  addSiteOptions,
  addTransferOptions,
} from "./copy-command.ts";

const HELP = `One of the two is a folder, the other one cos://BUCKET[/PREFIX]; or both are in COS, which copies then. A ledger in the state directory remembers what earlier syncs
have seen, so that files that did not change cost no request but the list of the prefix. Nothing is deleted without --delete,
nor after an error.`;

const EXAMPLES = [
  "cosup sync ./site cos://examplebucket-1250000000/site/ --dry-run --delete",
  "cosup sync ./site cos://examplebucket-1250000000/site/ --delete --max-delete 100",
  "cosup sync cos://examplebucket-1250000000/photos/ ./photos",
];

/** Adds `cosup sync` with its options to `program`. */
export function addSync(program: Command, finish: Finish): void {
  const command = withConnection(program.command("sync"))
    .description("make a prefix equal to a folder or to another prefix, or a folder equal to a prefix")
    .argument("<source>", "a folder, or cos://BUCKET[/PREFIX]")
    .argument("<target>", "cos://BUCKET[/PREFIX], or a folder")
    .addOption(
      new Option("--compare <mode>", "how an equal object is recognized")
        .choices(["ledger", "crc64", "size", "exists"])
        .default("ledger"),
    )
    .option("--delete", "delete what the source does not have, unless something failed")
    .option("--max-delete <n>", "with --delete: delete nothing if it would be more than this", levels)
    .option("--source-region <name>", "inside COS: the region of the source (default: --region)")
    .option("--watch", "to COS: go on, and copy what changes in the folder, until Ctrl-C")
    .addHelpText("after", withExamples(HELP, EXAMPLES));
  addFilterOptions(command, "");
  addTransferOptions(command);
  addHeaderOptions(command);
  addSiteOptions(command);
  addOutputOptions(command);
  command.action(async (source, target, flags) =>
    finish(await (await import("./sync.ts")).sync(source, target, flags)),
  );
}
