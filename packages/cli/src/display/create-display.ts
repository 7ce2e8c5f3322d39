import type { Display, DisplayContext } from "./display.ts";
import { JsonDisplay } from "./json.ts";
import { PlainDisplay } from "./plain.ts";
import { QuietDisplay } from "./quiet.ts";
import { canDraw } from "./terminal.ts";

/** The flags that say what is shown. */
export interface DisplayFlags {
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly progress?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

/** Selects the display that the flags and the terminal ask for. */
export async function createDisplay(flags: DisplayFlags, bucket: string): Promise<Display> {
  const context: DisplayContext = { bucket, progress: flags.progress !== false && flags.dryRun !== true };
  if (flags.json === true) return new JsonDisplay(context, flags.quiet === true);
  if (flags.quiet === true) return new QuietDisplay();
  const draws = context.progress && canDraw(process.stderr.isTTY === true, process.env);
  if (!draws) return new PlainDisplay(context);
  // Loaded only for a terminal: the patterns that tell how wide a character is take 25 ms of processor time to compile.
  return new (await import("./live.ts")).LiveDisplay(context);
}
