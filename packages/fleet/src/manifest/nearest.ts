/** The one of `known` that `name` may have been meant to be; undefined if none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const asked = name.toLowerCase();
  // Two letters may be wrong, or a third of them, but never all.
  const most = Math.min(Math.max(2, Math.floor(name.length / 3)), name.length - 1);
  const [best] = known
    .map((each) => ({ each, steps: distance(asked, each.toLowerCase()) }))
    .filter(({ steps }) => steps <= most)
    .sort((one, other) => one.steps - other.steps);
  return best?.each;
}

/** How many letters have to be inserted, removed or replaced to make one text of the other. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replaced));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
