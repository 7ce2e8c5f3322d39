import type { ConnectionFlags } from "../../src/client.ts";
import { applySettings } from "../../src/config/apply-settings.ts";
import { createProgram } from "../../src/program.ts";

/** The flags of a command after the environment and the configuration are applied: `settle(["ls", "cos://…"], env)`. */
export async function settle(
  [name = "", ...words]: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<ConnectionFlags & Readonly<Record<string, unknown>>> {
  const program = createProgram(() => {});
  const command = program.commands.find((each) => each.name() === name);
  if (command === undefined) throw new Error(`no command ${name}`);
  command.exitOverride();
  command.args = command.parseOptions([...words]).operands;
  await applySettings(program, command, env);
  return command.opts();
}
