import { CosError } from "@cosup/node";
import { adviceFor } from "../advice.ts";
import { classify } from "../classify-error.ts";
import { messageOf } from "../report.ts";
import { flagOf } from "./flag-names.ts";

/** What `cosup doctor` says of one thing. It never contains a secret. */
export interface Finding {
  readonly check:
    | "config"
    | "credentials"
    | "endpoint"
    | "proxy"
    | "dns"
    | "connection"
    | "clock"
    | "list"
    | "put"
    | "delete";
  readonly status: "ok" | "warn" | "fail";
  readonly message: string;
  /** What to do. */
  readonly advice?: string | undefined;
  /** Of a failure. */
  readonly exitCode?: number;
}

/** The finding of a check that failed with `error`. */
export function failedCheck(check: Finding["check"], error: unknown, advice?: string): Finding {
  const { exitCode, parameter } = classify(error);
  const flag = parameter === undefined ? undefined : flagOf(parameter);
  const hint = error instanceof CosError ? error.hint : undefined;
  const told =
    advice ?? hint ?? adviceFor(error) ?? (flag === undefined ? undefined : `Set it with ${flag}.`);
  return { check, status: "fail", message: messageOf(error), advice: told, exitCode };
}
