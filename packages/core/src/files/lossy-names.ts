const REPLACEMENT = "\uFFFD";

/**
 * The names of one directory that contain U+FFFD. Runtimes put it in place of bytes that are not UTF-8, so several names may
 * look the same. At most one of them is really spelt so; the others can neither be opened nor be object keys.
 */
export class LossyNames {
  #seen: Set<string> | undefined;

  /** Whether `name` was read before: one of the two, at least, is not UTF-8. */
  repeats(name: string): boolean {
    if (!name.includes(REPLACEMENT)) return false;
    this.#seen ??= new Set();
    if (this.#seen.has(name)) return true;
    this.#seen.add(name);
    return false;
  }
}

/** Whether a name that leads to nothing may stand for one that is not UTF-8. */
export function isLossy(name: string): boolean {
  return name.includes(REPLACEMENT);
}
