/**
 * A test for texts that fit a pattern, in which `*` stands for any text, also an empty one. `one` is what stands for
 * exactly one character.
 *
 * A regular expression would try every way to divide a text between its stars, which takes for ever with many of them.
 */
export function wildcards(pattern: string, one?: string): (text: string) => boolean {
  const wanted = [...pattern];
  return (text) => fits([...text], wanted, one);
}

/** If the text no longer fits, the latest `*` takes one character more. An earlier one never has to. */
export function fits(text: ArrayLike<string>, pattern: ArrayLike<string>, one?: string): boolean {
  let [at, next] = [0, 0];
  let star: { readonly next: number; end: number } | undefined;
  while (at < text.length) {
    const wanted = pattern[next];
    if (wanted === "*") {
      next += 1;
      star = { next, end: at };
    } else if (wanted !== undefined && (wanted === one || wanted === text[at])) {
      at += 1;
      next += 1;
    } else if (star) {
      star.end += 1;
      at = star.end;
      next = star.next;
    } else return false;
  }
  while (pattern[next] === "*") next += 1;
  return next === pattern.length;
}
