import type { EmulatorRequest } from "../types.ts";

/** Lower-cases the names and drops empty values: official clients send empty `Cache-Control:` and `Content-Type:`. */
export function normaliseHeaders(headers: EmulatorRequest["headers"]): Map<string, string> {
  const normalised = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && value !== "") normalised.set(name.toLowerCase(), value);
  }
  return normalised;
}
