/** What differs from run to run: durations, rates, dates, upload ids, ports. */
const CHANGING: readonly [RegExp, string][] = [
  [/\b\d+(\.\d+)?( ?[KMG]i?B)\/s/g, "RATE"],
  [/, RATE(?=;|$)/g, ""],
  [/\b(\d+m)?\d+(\.\d+)?(ms|s)\b/g, "TIME"],
  [/\b(elapsedMs|pid|bytesPerSecond)("?[:= ])\d+/g, "$1$2NUMBER"],
  [/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, "DATE"],
  [/\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]+ GMT/g, "DATE"],
  [/\b\d{13}[0-9a-f]{40,}\b/g, "UPLOAD"],
  // The emulator begins the ETag of an object of several parts with random digits.
  [/\b[0-9a-f]{32}-(?=\d+\b)/g, "ETAG-"],
  [/127\.0\.0\.1:\d+/g, "ADDRESS"],
];

function normalized(line: string): string {
  return CHANGING.reduce((text, [pattern, name]) => text.replace(pattern, name), line.trimEnd());
}

/** Whether a line is what a page shows. `…` in the page stands for any text. */
export function isShown(shown: string, actual: string): boolean {
  const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const pattern = normalized(shown).split("…").map(literal).join(".*");
  return new RegExp(`^${pattern}$`).test(normalized(actual));
}

/** A line of progress of `cosup cp`, which prints one every ten seconds, and so only on a busy machine. */
const PROGRESS = /^[\d.]+ ([KMGT]i)?B(?= of|,)( of [\d.]+ ([KMGT]i)?B \(\d+%\))?(, [\d.]+ ([KMGT]i)?B\/s)?$/;

/** Whether a line may be printed, or not, depending on how long a command takes. */
export function isProgress(line: string): boolean {
  return PROGRESS.test(line.trimEnd());
}

/** What a program says that it prints: comments that begin with `prints`. */
export function claimsOf(text: string): string[] {
  return [...text.matchAll(/\/\/ prints (.+)$/gm)].map(([, claim = ""]) => claim.trim());
}

/** The first claim that the output does not have, after the lines of the claims before it. */
export function missingClaim(claims: readonly string[], output: string): string | undefined {
  const lines = output.split("\n");
  let next = 0;
  for (const claim of claims) {
    const found = lines.findIndex((line, index) => index >= next && isShown(claim, line));
    if (found < 0) return claim;
    next = found + 1;
  }
  return undefined;
}
