import type { ProgressDetails } from "@cosup/node";
import type { Outcome, Tally } from "../commands/outcome.ts";

/** Something that the user should know, and that does not stop the command. */
export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly uploadId?: string | undefined;
}

/** How far a command is. */
export type TransferDetails = ProgressDetails;

/** Shows an upload. Results go to stdout; progress, warnings and errors go to stderr. */
export interface Display {
  /** Whether a total is shown, so that a directory should be measured. */
  readonly wantsTotal: boolean;
  progress(details: TransferDetails, total: number | undefined): void;
  outcome(outcome: Outcome): void;
  /** Counts a file that ended without an outcome, of `check` and `hash`. */
  fileEnded(failed: boolean): void;
  warning(warning: Warning): void;
  /** Removes the progress display. Called before the summary and before an error is reported. */
  end(): void;
  summary(tally: Tally): void;
}

/** What a display needs to know about the upload. */
export interface DisplayContext {
  readonly bucket: string;
  readonly progress: boolean;
}
