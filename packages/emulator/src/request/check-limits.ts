import { CosErrorResponse } from "../errors.ts";
import type { Query } from "./query.ts";
import { trafficLimit } from "./traffic-limit.ts";

const MAX_KEY_BYTES = 850;
// Documented as unsupported in keys: CAN, EM, SUB and ESC. NUL is refused because no listing could carry it.
const UNSUPPORTED: ReadonlySet<string> = new Set(["\0", "\x18", "\x19", "\x1a", "\x1b"]);

/** Checks the limits common to all operations: key, traffic limit. Called before any body is read. */
export function checkLimits(key: string, query: Query, headers: ReadonlyMap<string, string>): void {
  checkKey(key);
  trafficLimit(headers, query);
}

function checkKey(key: string): void {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new CosErrorResponse("KeyTooLong", "Your key is too long.");
  }
  if (/^[/\\]/.test(key) || [...key].some((character) => UNSUPPORTED.has(character))) {
    throw new CosErrorResponse("InvalidObjectName", "The specified object name is not valid.");
  }
}
