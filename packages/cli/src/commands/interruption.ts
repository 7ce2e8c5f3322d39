import { classify } from "../classify-error.ts";
import { formatBytes, percentOf } from "../display/format.ts";
import { EarlyEnd } from "../early-end.ts";
import { writeError, writeJson } from "../output.ts";
import { resumeCommand } from "../resume-command.ts";
import type { CopyFlags } from "./copy-flags.ts";
import type { CopyPlan } from "./copy-plan.ts";
import type { Tally } from "./outcome.ts";
import type { TransferProgress } from "./transfer-progress.ts";

interface Interruption {
  readonly reason: unknown;
  readonly plan: CopyPlan;
  readonly flags: CopyFlags;
  readonly progress: TransferProgress;
}

/** Reports how much was uploaded and the command that resumes the upload. */
export function reportInterruption({ reason, plan, flags, progress }: Interruption): void {
  const { code } = classify(reason);
  const what = reason instanceof Error ? reason.message : "interrupted";
  const message = reason instanceof EarlyEnd ? what : `${what}${positionOf(progress)}`;
  const resume = commandFor(plan, flags);
  if (flags.json === true) writeJson({ type: "error", code, message, resume });
  if (resume === undefined) {
    writeError(`cosup: ${message}${plan.kind === "stdin" ? "; an upload from stdin cannot be resumed" : ""}`);
  } else {
    writeError(`cosup: ${message}; acknowledged parts are kept. ${toResume()}`);
    writeError(resume);
  }
}

/** The exit code of a command that ended before its last file. */
export function interruptedExitCode(reason: unknown, tally: Tally): number {
  // One that ended because files had failed is told by their exit codes.
  return reason instanceof EarlyEnd ? tally.exitCode : classify(reason).exitCode;
}

/**
 * Reports an interrupted download, copy or sync, and the command that resumes it.
 * @param kept what the next run need not do again
 */
export function reportInterruptedDownload(reason: unknown, json: boolean, kept?: string): void {
  const { code } = classify(reason);
  const message = reason instanceof Error ? reason.message : "interrupted";
  const { argv, env, platform } = process;
  const resume = resumeCommand({ argv, env, platform, cwd: process.cwd() });
  if (json) writeJson({ type: "error", code, message, kept, resume });
  writeError(`cosup: ${message}; ${kept ?? "what has arrived is kept"}. ${toResume()}`);
  writeError(resume);
}

function toResume(): string {
  const { argv } = process;
  const isList = (word: string, index: number): boolean =>
    word === "--files-from=-" || (word === "-" && argv[index - 1] === "--files-from");
  return argv.some(isList) ? "To resume, run, with the same list on stdin:" : "To resume, run:";
}

function positionOf({ consumed, total }: TransferProgress): string {
  if (consumed === undefined) return "";
  if (total === undefined) return ` at ${formatBytes(consumed)}`;
  return ` at ${percentOf(consumed, total, consumed)}% (${formatBytes(consumed)} of ${formatBytes(total)})`;
}

function commandFor(plan: CopyPlan, flags: CopyFlags): string | undefined {
  if (plan.kind === "stdin" || flags.dryRun === true) return undefined;
  // `--skip same` skips the files that are already uploaded. It is the default for directories.
  const several = plan.kind === "files" && plan.files.length > 1 && flags.skip === undefined;
  const { argv, env, platform } = process;
  return resumeCommand({ argv, env, platform, cwd: process.cwd() }, several ? ["--skip", "same"] : []);
}
