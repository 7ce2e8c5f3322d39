import type { Block, Program } from "./block.ts";
import { isProgress, isShown } from "./claims.ts";
import { type Output, splitOutput } from "./run-command.ts";

/** One command of a page. A block of `sh` is one command, also when it has several lines. */
interface Command {
  readonly text: string;
  readonly background: boolean;
  /** What the page shows below the command; undefined: nothing is compared. */
  readonly shown: readonly string[] | undefined;
}

/** `$ ` begins a command, and a `\` at the end of a line continues it; the other lines are its output. */
function commandsOf({ language, text, background }: Block): Command[] {
  if (language === "sh") return [{ text, background, shown: undefined }];
  const commands: { text: string; background: boolean; shown: string[] }[] = [];
  for (const line of text.trimEnd().split("\n")) {
    const last = commands.at(-1);
    if (line.startsWith("$ ")) commands.push({ text: line.slice(2), background, shown: [] });
    else if (last?.shown.length === 0 && last.text.endsWith("\\")) last.text += `\n${line}`;
    else if (last === undefined) throw new Error("a block of console begins with a command: `$ COMMAND`");
    else last.shown.push(line);
  }
  return commands;
}

const PRELUDE = `set -e
section() { local status=$?; printf '\\n\\036%s\\n' "$1"; printf '\\n\\036%s\\n' "$1" >&2; return $status; }
started=
trap 'for pid in $started; do kill -- -$pid 2>/dev/null || true; done' EXIT
`;

/** A program for bash that runs the blocks of a page, and prints a separator before each command. */
export function shellScript(programs: readonly Program[], port: number): string {
  const commands = programs.flatMap(({ blocks }) => blocks.flatMap(commandsOf));
  const lines = commands.map((command, index) => {
    const next = commands[index + 1]?.text.startsWith("echo $?") === true;
    return `set +e; section ${index}; set ${next ? "+" : "-"}e\n${withOutput(command, port)}`;
  });
  return (
    PRELUDE +
    lines
      .join("\n")
      .replaceAll(/\b9000\b/g, String(port))
      .replaceAll("KEY=…", "KEY=KEY")
      .replaceAll("ID=…", "ID=ID")
  );
}

function withOutput({ text, background, shown }: Command, port: number): string {
  if (background) {
    const log = `"$HOME/background-$RANDOM.log"`;
    // A job of `set -m` is a process group, which ends with all of its processes.
    return `log=${log}
set -m; ( ${text.trimEnd()}
) >"$log" 2>&1 & started="$started $!"; set +m
until (: </dev/tcp/127.0.0.1/${port}) 2>/dev/null; do kill -0 $!; sleep 0.1; done
until [ "$(wc -l <"$log")" -ge ${shown?.length ?? 0} ]; do kill -0 $!; sleep 0.1; done
cat "$log"`;
  }
  return shown === undefined ? text : `exec 3>&2 2>&1\n${text}\n{ status=$?; exec 2>&3; (exit $status); }`;
}

/**
 * Whether the same lines are there, in any order: files of a folder are uploaded at the same time. Lines of progress that
 * the page does not show are ignored.
 */
function isSame(shown: readonly string[], actual: string): boolean {
  const lines = actual === "" ? [] : actual.split("\n");
  for (const line of shown) {
    const found = lines.findIndex((each) => isShown(line, each));
    if (found < 0) return false;
    lines.splice(found, 1);
  }
  return lines.every(isProgress);
}

/** @throws naming the command that failed, or that printed something else than the page shows */
export function checkShell(programs: readonly Program[], { code, stdout, stderr }: Output): void {
  const commands = programs.flatMap(({ blocks }) =>
    blocks.flatMap((block) => commandsOf(block).map((command) => ({ ...command, line: block.line }))),
  );
  const printed = [...splitOutput(stdout).values()];
  const reached = commands[printed.length - 1];
  if (code !== 0 || printed.length < commands.length)
    throw new Error(
      `line ${reached?.line}: ${reached?.text}\nended with ${code}\n${stdout.slice(-2000)}\n${stderr.slice(-2000)}`,
    );
  const differing = commands.flatMap(({ line, text, shown }, index) => {
    const actual = (printed[index] ?? "").trimEnd();
    if (shown === undefined || isSame(shown, actual)) return [];
    return [`line ${line}: ${text}\nprints:\n${actual}\nthe page shows:\n${shown.join("\n")}`];
  });
  if (differing.length > 0) throw new Error(differing.join("\n\n"));
}
