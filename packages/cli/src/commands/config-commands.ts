import type { Command } from "commander";
import type { Finish } from "../connection-options.ts";
import { withExamples } from "../help/help-level.ts";

const HELP = `The file is ~/.config/cosup/config.toml, or what COSUP_CONFIG names. A profile has keys (secret_id and secret_key with token, or
credential_process, or role), and defaults of flags: part_size is that of --part-size.`;

const EXAMPLES = [
  "cosup config init",
  "cosup config set --profile work region ap-beijing",
  "cosup config set --profile work secret_key < key.txt",
  "cosup config set credential_process -- get-keys --for backup",
  "cosup config show work",
];

/** Adds `cosup config` to `program`. Its commands load their modules only when they run. */
export function addConfig(program: Command, finish: Finish): void {
  const config = program
    .command("config")
    .description("show and change the profiles")
    .addHelpText("after", withExamples(HELP, EXAMPLES, EXAMPLES.length));
  addShow(program, config, finish);
  addChange(program, config, finish);
}

function addShow(program: Command, config: Command, finish: Finish): void {
  config
    .command("path")
    .description("print the path of the configuration")
    .action(async () => finish((await import("./config.ts")).path()));
  config
    .command("list")
    .description("list the profiles; * is the one that is used")
    .option("--json", "print JSON lines")
    .action(async (flags) => finish(await (await import("./config.ts")).list(flags, program)));
  config
    .command("show")
    .description("show the fields of a profile; secrets are masked")
    .argument("[profile]", "default: the one that is used")
    .option("--json", "print one JSON object")
    .action(async (name, flags) => finish(await (await import("./config.ts")).show(name, flags, program)));
}

function addChange(program: Command, config: Command, finish: Finish): void {
  config
    .command("init")
    .description("ask for keys and a region, and save them in a profile")
    .argument("[profile]", "default: the one that is used")
    .action(async (name) => finish(await (await import("./config-init.ts")).init(name)));
  config
    .command("set")
    .description("set a field; secret_key and token are asked for, or read from stdin")
    .argument("<field>", "a field of keys, or a flag with _ in place of -")
    .argument("[values...]", "the value; several for a list")
    .option("--profile <name>", "profile to change; it is added if it does not exist (env: COSUP_PROFILE)")
    .action(async (field, values, flags) =>
      finish(await (await import("./config-edit.ts")).set(field, values, flags, program)),
    );
  config
    .command("unset")
    .description("remove fields of a profile")
    .argument("<fields...>", "fields that it has")
    .option("--profile <name>", "profile to change (env: COSUP_PROFILE)")
    .action(async (fields, flags) => finish(await (await import("./config-edit.ts")).unset(fields, flags)));
  config
    .command("remove")
    .description("remove a profile with its keys; asks first")
    .argument("<profile>", "its name")
    .option("-y, --yes", "do not ask; needed where there is no terminal")
    .action(async (name, flags) => finish(await (await import("./config-edit.ts")).remove(name, flags)));
}
