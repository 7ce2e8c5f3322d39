/** UTF-16 code units from here on are in another order than the UTF-8 bytes of their characters. */
const FIRST_SURROGATE = 0xd800;
const FIRST_AFTER_SURROGATES = 0xe000;

/** Compares names as COS orders its keys: by their UTF-8 bytes. Negative: `one` comes first. */
export function compareKeyNames(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let index = 0; index < length; index += 1) {
    const [left, right] = [one.charCodeAt(index), other.charCodeAt(index)];
    if (left !== right) return inUtf8Order(left) - inUtf8Order(right);
  }
  return one.length - other.length;
}

/** Characters beyond U+FFFF, which are pairs of surrogates, come after all others. */
function inUtf8Order(unit: number): number {
  if (unit < FIRST_SURROGATE) return unit;
  return unit < FIRST_AFTER_SURROGATES ? unit + 0x2000 : unit - 0x800;
}
