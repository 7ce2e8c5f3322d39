import type { Outcome } from "../commands/outcome.ts";
import { writeError } from "../output.ts";
import { sentence } from "../report.ts";
import type { Display } from "./display.ts";

/** Says nothing but what failed. */
export class QuietDisplay implements Display {
  readonly wantsTotal = false;

  progress(): void {}

  outcome(outcome: Outcome): void {
    if (outcome.status === "failed") writeError(failureLine(outcome));
  }

  warning(): void {}

  end(): void {}

  summary(): void {}
}

/** A failed object in one line of stderr. */
export function failureLine({ source, error }: Outcome): string {
  const text = sentence(error);
  return text.includes(source) ? `cosup: ${text}` : `cosup: ${source}: ${text}`;
}
