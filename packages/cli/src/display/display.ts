import type { UploadWarning } from "@cosup/node";
import type { Outcome, Tally } from "../commands/outcome.ts";

/** How a copy is shown. Results go to stdout, what is meant for people's eyes meanwhile to stderr. */
export interface Display {
  /** Whether a total that takes work to find out would be shown. */
  readonly wantsTotal: boolean;
  progress(consumed: number, total: number | undefined): void;
  outcome(outcome: Outcome): void;
  warning(warning: UploadWarning): void;
  /** Takes down what moves; called before the summary and before an error is reported. */
  end(): void;
  summary(tally: Tally): void;
}

/** What a display needs to know of the copy. */
export interface DisplayContext {
  readonly bucket: string;
  /** Of the bar: the one file's name, undefined for several. */
  readonly title: string | undefined;
  readonly progress: boolean;
}
