import { CosErrorResponse } from "../errors.ts";

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const HEX = Array.from({ length: 256 }, (_, byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`);

/** Escapes every byte except letters, digits and `-_.~`, with upper-case hex, as COS does. */
export function percentEncode(text: string | Uint8Array): string {
  const bytes = typeof text === "string" ? Buffer.from(text, "utf8") : text;
  let encoded = "";
  for (const byte of bytes) encoded += isUnreserved(byte) ? String.fromCharCode(byte) : HEX[byte];
  return encoded;
}

/** Like `percentEncode`, but keeps `/`. For keys in URLs. */
export function encodeKey(key: string): string {
  return percentEncode(key).replaceAll("%2F", "/");
}

/** Decodes `%XX` as UTF-8. `+` stays a plus: COS has no form encoding in paths or queries. */
export function percentDecode(text: string): string {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) throw invalidUri();
  try {
    return strictUtf8.decode(decodedBytes(text));
  } catch {
    throw invalidUri();
  }
}

function decodedBytes(text: string): Uint8Array {
  // A request line has one character per byte; a caller of handle() may also pass Unicode text.
  const raw = Buffer.from(text, /[^\0-\xff]/.test(text) ? "utf8" : "latin1");
  const bytes = new Uint8Array(raw.length);
  let length = 0;
  for (let index = 0; index < raw.length; index++) {
    const byte = raw[index] ?? 0;
    if (byte === 0x25) {
      bytes[length++] = Number.parseInt(raw.toString("latin1", index + 1, index + 3), 16);
      index += 2;
    } else bytes[length++] = byte;
  }
  return bytes.subarray(0, length);
}

function isUnreserved(byte: number): boolean {
  return (
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x2d ||
    byte === 0x5f ||
    byte === 0x2e ||
    byte === 0x7e
  );
}

function invalidUri(): CosErrorResponse {
  return new CosErrorResponse("InvalidURI", "Couldn't parse the specified URI.");
}
