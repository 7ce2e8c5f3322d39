import { CommanderError } from "commander";
import { adviceFor } from "./advice.ts";
import { classify } from "./classify-error.ts";
import { flagOf } from "./commands/flag-names.ts";
import { writeError, writeJson } from "./output.ts";

/** Reports an error in one line on stderr and, with `--json`, one on stdout. Returns the exit code. */
export function reportFailure(
  error: unknown,
  json: boolean,
  about?: Readonly<Record<string, unknown>>,
): number {
  const { code, exitCode, parameter } = classify(error);
  if (json) writeJson({ type: "error", code, parameter, ...about, message: messageOf(error) });
  writeError(`cosup: ${describeError(error, parameter)}`);
  if (wantsStack(process.env, process.argv)) for (const line of stackLines(error)) writeError(line);
  return exitCode;
}

/** With COSUP_DEBUG=1, or `-v` twice. */
function wantsStack({ COSUP_DEBUG }: NodeJS.ProcessEnv, argv: readonly string[]): boolean {
  const words = argv.filter((word) => word === "--verbose" || /^-[a-z]*v[a-z]*$/i.test(word));
  const count = words.reduce(
    (sum, word) => sum + (word.startsWith("--") ? 1 : word.split("v").length - 1),
    0,
  );
  return COSUP_DEBUG === "1" || count >= 2;
}

/** Describes an error in one line: the message, the flag that it is about and the hint. */
export function describeError(error: unknown, parameter = classify(error).parameter): string {
  const flag = parameter === undefined ? undefined : flagOf(parameter);
  // Of a CosError, or of an error of a manifest's entry.
  const ownHint = error instanceof Error && "hint" in error ? error.hint : undefined;
  const hint = ownHint ?? adviceFor(error);
  const shownHint = typeof hint === "string" && hint !== "" ? `(${oneLine(hint)})` : undefined;
  return [messageOf(error), flag && `(${flag})`, shownHint].filter(Boolean).join(" ");
}

/** The message of any thrown value in one line. */
export function messageOf(error: unknown): string {
  if ((error as NodeJS.ErrnoException | undefined)?.syscall === "uv_cwd")
    return "the working directory does not exist any more: change to another one";
  const text = error instanceof Error ? error.message || error.name : String(error);
  return oneLine(error instanceof CommanderError ? text.replace(/^error: /, "") : text);
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, " ").trim();
}

/** The error, its stack frames and its causes. A message stays on one line, so that it cannot forge a frame. */
function stackLines(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)];
  const frames = (error.stack ?? "").split("\n").filter((line) => /^ {4}at /.test(line));
  const [first = "", ...rest] = error.cause === undefined ? [] : stackLines(error.cause);
  const cause = error.cause === undefined ? [] : [`caused by ${first}`, ...rest];
  return [`${error.name}: ${messageOf(error)}`, ...frames, ...cause];
}
