import type { EmulatorRequest } from "../types.ts";

/** Lower-cases the names and drops empty values: official clients send empty `Cache-Control:` and `Content-Type:`. */
export function normaliseHeaders(headers: EmulatorRequest["headers"]): Map<string, string> {
  const normalised = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && value !== "") normalised.set(name.toLowerCase(), value);
  }
  return normalised;
}

/**
 * Text of a query as the value of a header, which has one character per byte. Undefined: it holds a control character,
 * which no header may have.
 */
export function headerValueOf(text: string): string | undefined {
  const value = Buffer.from(text, "utf8").toString("latin1");
  return /[^\t\x20-\x7e\x80-\xff]/.test(value) ? undefined : value;
}
