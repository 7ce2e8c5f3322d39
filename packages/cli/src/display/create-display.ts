import type { CopyFlags } from "../commands/copy-flags.ts";
import type { CopyPlan } from "../commands/copy-plan.ts";
import { BarDisplay } from "./bar.ts";
import type { Display, DisplayContext } from "./display.ts";
import { JsonDisplay } from "./json.ts";
import { PlainDisplay } from "./plain.ts";
import { QuietDisplay } from "./quiet.ts";

/** Selects the display that the flags and the terminal ask for. */
export function createDisplay(
  flags: CopyFlags,
  { bucket, title }: Pick<DisplayContext, "bucket" | "title">,
): Display {
  const context: DisplayContext = {
    bucket,
    title,
    progress: flags.progress && flags.dryRun !== true,
  };
  if (flags.json === true) return new JsonDisplay(context, flags.quiet === true);
  if (flags.quiet === true) return new QuietDisplay();
  const showBar = process.stderr.isTTY === true && context.progress;
  return showBar ? new BarDisplay(context) : new PlainDisplay(context);
}

/** The title of a plan's progress bar. */
export function titleOf(plan: CopyPlan): string | undefined {
  if (plan.kind === "stdin") return "stdin";
  return plan.kind === "files" && plan.files.length === 1 ? plan.files[0]?.path : undefined;
}
