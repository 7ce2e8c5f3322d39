/** Code units from here on are in another order than the UTF-8 bytes of their characters. */
const SURROGATE_OR_LATER = /[\ud800-\uffff]/;

/** Compares keys as COS orders them: by their UTF-8 bytes. Negative: `one` comes first. */
export function compareKeys(one: string, other: string): number {
  if (one === other) return 0;
  if (SURROGATE_OR_LATER.test(one) && SURROGATE_OR_LATER.test(other))
    return Buffer.compare(Buffer.from(one), Buffer.from(other));
  return one < other ? -1 : 1;
}
