/**
 * Characters that move the cursor, break a line or change the text direction: C0 and C1 controls, DEL, line and
 * paragraph separators, bidirectional controls. Lone surrogates are included because they are not characters.
 */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}]/gu;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * Makes text safe for a terminal. File names, keys and messages of a server are untrusted: they must neither run
 * control sequences nor forge lines of output. Each unsafe character becomes an escape such as `\x1b` or `\u202e`.
 */
export function visible(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.charCodeAt(0);
    const escaped = code < 0x100 ? `\\x${hex(code, 2)}` : unicodeEscape(code);
    return SHORT[character] ?? escaped;
  });
}

/** Escapes the same characters in JSON text. `JSON.stringify` leaves most of them as they are. */
export function visibleJson(json: string): string {
  return json.replace(UNSAFE, (character) => unicodeEscape(character.charCodeAt(0)));
}

function unicodeEscape(code: number): string {
  return `\\u${hex(code, 4)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
