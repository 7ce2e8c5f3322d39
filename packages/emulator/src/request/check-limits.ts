import { CosErrorResponse } from "../errors.ts";
import type { Query } from "./query.ts";
import { trafficLimit } from "./traffic-limit.ts";

const MAX_KEY_BYTES = 850;
// Documented as unsupported in keys: CAN, EM, SUB and ESC. NUL is refused because no listing could carry it.
const UNSUPPORTED: ReadonlySet<string> = new Set(["\0", "\x18", "\x19", "\x1a", "\x1b"]);

/** Checks the limits common to all operations: key, traffic limit. Called before any body is read. */
export function checkLimits(key: string, query: Query, headers: ReadonlyMap<string, string>): void {
  const refusal = keyRefusal(key);
  if (refusal) throw refusal;
  trafficLimit(headers, query);
}

/** Why no object can have this key. Undefined: it can. */
export function keyRefusal(key: string): CosErrorResponse | undefined {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    return new CosErrorResponse("KeyTooLong", "Your key is too long.");
  }
  // Half a surrogate pair has no UTF-8: it would become another character, and another object's key.
  if (/^[/\\]|\p{Surrogate}/u.test(key) || [...key].some((character) => UNSUPPORTED.has(character))) {
    return new CosErrorResponse("InvalidObjectName", "The specified object name is not valid.");
  }
  return undefined;
}
