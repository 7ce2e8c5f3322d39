/**
 * What moves the cursor, breaks a line, or turns the direction of reading: C0 and C1 controls, DEL, the line and
 * paragraph separators, bidirectional controls. Half a surrogate pair is no character at all.
 */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}]/gu;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * Makes a text safe for a terminal: names, keys and the words of a server come from others, and must neither run
 * control sequences nor look like lines of ours. Each unsafe character becomes visible: `\x1b`, `\u202e`.
 */
export function visible(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.charCodeAt(0);
    const escaped = code < 0x100 ? `\\x${hex(code, 2)}` : unicodeEscape(code);
    return SHORT[character] ?? escaped;
  });
}

/** The same for JSON, whose readers get the characters back. `JSON.stringify` leaves most of them as they are. */
export function visibleJson(json: string): string {
  return json.replace(UNSAFE, (character) => unicodeEscape(character.charCodeAt(0)));
}

function unicodeEscape(code: number): string {
  return `\\u${hex(code, 4)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
