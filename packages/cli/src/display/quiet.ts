import type { Outcome } from "../commands/outcome.ts";
import { writeError } from "../output.ts";
import { describeError } from "../report.ts";
import type { Display } from "./display.ts";

/** Prints only failed objects. */
export class QuietDisplay implements Display {
  readonly wantsTotal = false;

  progress(): void {}

  outcome(outcome: Outcome): void {
    if (outcome.status === "failed") writeError(failureLine(outcome));
  }

  fileEnded(): void {}

  warning(): void {}

  end(): void {}

  summary(): void {}
}

/** Describes a failed object in one line. */
export function failureLine({ source, error }: Outcome): string {
  const text = describeError(error);
  return text.includes(source) ? `cosup: ${text}` : `cosup: ${source}: ${text}`;
}
