import { basename, isAbsolute, relative } from "node:path";
import { visible } from "./display/visible.ts";

/** How this process was started. */
export interface Invocation {
  /** `process.argv`. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly cwd: string;
}

/**
 * The command that goes on with an interrupted upload: this one again, quoted for the shell. Secrets come from the
 * environment, so they are no part of it.
 * @param extra words to add, as `--skip same`
 */
export function resumeCommand(invocation: Invocation, extra: readonly string[] = []): string {
  const given = withoutResumeOff(invocation.argv.slice(2)).map(withoutPassword);
  const words = [...programWords(invocation), ...given, ...extra];
  return words.map((word) => quote(word, invocation.platform)).join(" ");
}

/** `cosup`, `npx cosup` or `node path/cosup.js`: as it was called. */
function programWords({ argv, env, cwd }: Invocation): string[] {
  const script = argv[1] ?? "cosup";
  if (basename(script) === "cosup") return env.npm_command === "exec" ? ["npx", "cosup"] : ["cosup"];
  const near = relative(cwd, script);
  return ["node", near.startsWith("..") || isAbsolute(near) ? script : near];
}

/** The URL of a proxy may hold a password, which is not for the screen. */
function withoutPassword(word: string, index: number, words: readonly string[]): string {
  const isProxy = words[index - 1] === "--proxy" || word.startsWith("--proxy=");
  return isProxy ? word.replace(/^((?:--proxy=)?(?:\w+:\/\/)?).*@/, "$1") : word;
}

/** `--resume off` was for the run that was interrupted; to go on is to resume. */
function withoutResumeOff(words: readonly string[]): string[] {
  return words.filter(
    (word, index) =>
      word !== "--resume=off" &&
      !(word === "--resume" && words[index + 1] === "off") &&
      !(word === "off" && words[index - 1] === "--resume"),
  );
}

function quote(word: string, platform: NodeJS.Platform): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (platform === "win32") return `"${word.replaceAll('"', '""')}"`;
  // What would be shown as an escape is written as one that the shell reads.
  return visible(word) === word ? `'${word.replaceAll("'", "'\\''")}'` : `$'${ansiC(word)}'`;
}

/** The inside of `$'…'`, as bash, zsh and ksh read it: octal bytes, which mean the same in every locale. */
function ansiC(word: string): string {
  return Array.from(word, (character) => {
    if (character === "'" || character === "\\") return `\\${character}`;
    if (visible(character) === character) return character;
    return Array.from(Buffer.from(character), (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
  }).join("");
}
