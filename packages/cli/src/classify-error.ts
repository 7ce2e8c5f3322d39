import { ArgumentRangeError, ArgumentTypeError, CosError, TransportError } from "@cosup/node";
import { CommanderError } from "commander";
import { classifyFleetError } from "./classify-fleet-error.ts";
import { CredentialsError } from "./credentials.ts";
import { EXIT, EXIT_BY_CODE } from "./exit-codes.ts";
import { Interrupted } from "./interrupt.ts";

/** Parameters of the client that come from environment variables, not from flags. */
const CREDENTIAL_PARAMETERS: readonly string[] = ["SecretId", "SecretKey", "Token", "credentials"];

/** The exit codes of a FleetError; others are wrong arguments or settings. */
const FLEET_EXITS: Readonly<Record<string, number>> = {
  "redis-unreachable": EXIT.temporary,
  "redis-full": EXIT.temporary,
  "redis-read-only": EXIT.temporary,
  "run-unknown": EXIT.failed,
  "worker-refused": EXIT.credentials,
  "bucket-missing": EXIT.failed,
};

/** A failure for scripts: the error code of the client, or a code of the command line itself. */
export interface Classified {
  readonly code: string;
  readonly exitCode: number;
  readonly parameter?: string;
}

/** Returns the error code, the exit code and, for a wrong argument, the parameter of any thrown value. */
export function classify(error: unknown): Classified {
  if (error instanceof Interrupted) return { code: "interrupted", exitCode: error.exitCode };
  if (error instanceof CredentialsError) return { code: "credentials-missing", exitCode: EXIT.credentials };
  if (error instanceof Error && error.name === "ConfigError") {
    return { code: "invalid-config", exitCode: EXIT.usage };
  }
  if (error instanceof CommanderError) return { code: "invalid-argument", exitCode: EXIT.usage };
  if (error instanceof ArgumentTypeError || error instanceof ArgumentRangeError) {
    const { parameter } = error;
    return CREDENTIAL_PARAMETERS.includes(parameter)
      ? { code: "credentials-missing", exitCode: EXIT.credentials, parameter }
      : { code: "invalid-argument", exitCode: EXIT.usage, parameter };
  }
  const ofFleet = classifyFleetError(error);
  if (ofFleet !== undefined) return ofFleet;
  if (error instanceof Error && error.name === "EarlyEnd") {
    return { code: "stopped-early", exitCode: EXIT.failed };
  }
  // By name: these modules are loaded for their commands only.
  if (error instanceof Error && error.name === "DataInUseError") {
    return { code: "data-in-use", exitCode: EXIT.locked };
  }
  if (error instanceof Error && error.name === "DeleteLimitError") {
    return { code: "delete-limit", exitCode: EXIT.failed };
  }
  if (error instanceof Error && error.name === "EmptySourceError") {
    return { code: "source-empty", exitCode: EXIT.failed };
  }
  if (error instanceof Error && error.name === "FleetMissingError") {
    return { code: "fleet-missing", exitCode: EXIT.usage };
  }
  if (error instanceof Error && error.name === "FleetError" && "code" in error) {
    return { code: String(error.code), exitCode: FLEET_EXITS[String(error.code)] ?? EXIT.usage };
  }
  if (error instanceof Error && error.name === "DataForeignError") {
    return { code: "data-foreign", exitCode: EXIT.usage };
  }
  if (error instanceof Error && error.name === "DataDamagedError") {
    return { code: "data-damaged", exitCode: EXIT.failed };
  }
  // A certificate that is not trusted, for one: a script that repeats the command would do so for ever.
  if (error instanceof TransportError && !error.retryable) return { code: error.code, exitCode: EXIT.failed };
  if (error instanceof CosError)
    return { code: error.code, exitCode: EXIT_BY_CODE[error.code] ?? EXIT.failed };
  return { code: "unexpected", exitCode: EXIT.failed };
}
