/** The end of a message about an unknown name: the known one that may have been meant, or nothing if none is near. */
export function hintFor(name: unknown, known: Iterable<string>): string {
  const meant = typeof name === "string" ? nearest(name, known) : undefined;
  return meant === undefined ? "" : `; did you mean '${meant}'?`;
}

/** The known name with the fewest wrong letters: two of them, or a third of the name, but never all. */
function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let fewest = Math.min(Math.max(2, Math.floor(name.length / 3)), name.length - 1) + 1;
  for (const candidate of known) {
    const wrong = wrongLetters(name.toLowerCase(), candidate.toLowerCase());
    if (wrong < fewest) [best, fewest] = [candidate, wrong];
  }
  return best;
}

/** The letters to insert, remove or replace to make one text of the other: the distance of Levenshtein. */
function wrongLetters(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [row, letter] of [...from].entries()) {
    const line = [row + 1];
    for (const [column, other] of [...to].entries()) {
      const replaced = (above[column] ?? 0) + (letter === other ? 0 : 1);
      line.push(Math.min((above[column + 1] ?? 0) + 1, (line[column] ?? 0) + 1, replaced));
    }
    above = line;
  }
  return above.at(-1) ?? 0;
}
