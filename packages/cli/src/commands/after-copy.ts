import type { Outcome } from "./outcome.ts";

/** What follows the copies of a command, before its summary. */
export interface AfterCopy {
  /** Learns of each outcome. */
  add(outcome: Outcome): void;
  /** Is called when all copies have ended, unless the command failed as a whole. */
  end(report: (outcome: Outcome) => void, signal: AbortSignal): Promise<void>;
}
