import { CommanderError } from "commander";

/** Says of an unknown flag before the command where flags stand: other tools take theirs there, as `aws --region R s3 ls`. */
export function explainMisplaced(error: unknown, argv: readonly string[]): unknown {
  const [, , first = "", ...rest] = argv;
  if (!(error instanceof CommanderError) || error.code !== "commander.unknownOption") return error;
  const flag = /'(-[^']*)'/.exec(error.message)?.[1];
  if (flag === undefined || !first.startsWith(flag) || rest.length === 0) return error;
  const message = `unknown option '${flag}' before the command: flags stand after it, as in cosup ls cos://BUCKET --region NAME`;
  return new CommanderError(error.exitCode, error.code, message);
}
