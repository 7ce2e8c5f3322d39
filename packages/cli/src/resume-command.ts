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
 * Returns the command that resumes an interrupted upload: the same command, quoted for the shell. It contains no
 * secrets, because secrets come from environment variables.
 * @param extra arguments to append, for example `--skip same`
 */
export function resumeCommand(invocation: Invocation, extra: readonly string[] = []): string {
  const given = withoutResumeOff(invocation.argv.slice(2)).map(withoutPassword);
  const words = [...programWords(invocation), ...given, ...extra];
  return words.map((word) => quote(word, invocation.platform)).join(" ");
}

/** How cosup was called: `cosup`, `npx cosup` or `node path/cosup.js`. */
function programWords({ argv, env, cwd }: Invocation): string[] {
  const script = argv[1] ?? "cosup";
  if (basename(script) === "cosup") return env.npm_command === "exec" ? ["npx", "cosup"] : ["cosup"];
  const near = relative(cwd, script);
  return ["node", near.startsWith("..") || isAbsolute(near) ? script : near];
}

/** Removes the user name and password from a proxy URL, because the command is printed. */
function withoutPassword(word: string, index: number, words: readonly string[]): string {
  const isProxy = words[index - 1] === "--proxy" || word.startsWith("--proxy=");
  return isProxy ? word.replace(/^((?:--proxy=)?(?:\w+:\/\/)?).*@/, "$1") : word;
}

/** Removes `--resume off`, which would prevent the resume. */
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
  // Characters that would be printed as escapes are written as escapes that the shell reads.
  return visible(word) === word ? `'${word.replaceAll("'", "'\\''")}'` : `$'${ansiC(word)}'`;
}

/** The inside of `$'…'` for bash, zsh and ksh. Octal bytes mean the same in every locale. */
function ansiC(word: string): string {
  return Array.from(word, (character) => {
    if (character === "'" || character === "\\") return `\\${character}`;
    if (visible(character) === character) return character;
    return Array.from(Buffer.from(character), (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
  }).join("");
}
