import type { UploadWarning } from "@cosup/node";
import type { CopyFlags } from "../commands/copy-flags.ts";
import type { CopyPlan } from "../commands/copy-plan.ts";
import type { Outcome, Tally } from "../commands/outcome.ts";
import { BarDisplay } from "./bar.ts";
import { JsonDisplay } from "./json.ts";
import { PlainDisplay } from "./plain.ts";
import { QuietDisplay } from "./quiet.ts";

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
export interface Shown {
  readonly bucket: string;
  /** Of the bar: the one file's name, undefined for several. */
  readonly title: string | undefined;
  readonly progress: boolean;
}

export function createDisplay(flags: CopyFlags, plan: CopyPlan): Display {
  const shown: Shown = {
    bucket: plan.bucket,
    title: titleOf(plan),
    progress: flags.progress && flags.dryRun !== true,
  };
  if (flags.json === true) return new JsonDisplay(shown, flags.quiet === true);
  if (flags.quiet === true) return new QuietDisplay();
  const moving = process.stderr.isTTY === true && shown.progress;
  return moving ? new BarDisplay(shown) : new PlainDisplay(shown);
}

function titleOf(plan: CopyPlan): string | undefined {
  if (plan.kind === "stdin") return "stdin";
  return plan.kind === "files" && plan.files.length === 1 ? plan.files[0]?.path : undefined;
}
