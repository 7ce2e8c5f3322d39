/** A place in COS's order of keys, which is that of their UTF-8 bytes: what comes from it on is not before these bytes. */
export type Place = Uint8Array;

/** Before all keys. */
export const START: Place = new Uint8Array(0);

/** The place of a key, or of the first one with a prefix. */
export function placeOf(key: string): Place {
  return Buffer.from(key);
}

/** The place after a key. */
export function placeAfter(key: string): Place {
  return Buffer.from(`${key}\0`);
}

/** The place after all keys with a prefix, which must not be empty. */
export function placeAfterPrefix(prefix: string): Place {
  const bytes = Buffer.from(prefix);
  // No byte of UTF-8 is 255, so nothing is carried.
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) + 1;
  return bytes;
}

/** The later of two places. */
export function later(a: Place, b: Place): Place {
  return Buffer.compare(a, b) > 0 ? a : b;
}
