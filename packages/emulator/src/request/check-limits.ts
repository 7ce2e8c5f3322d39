import { CosErrorResponse } from "../errors.ts";
import type { Query } from "./query.ts";

const MAX_KEY_BYTES = 850;
// Bits per second; 100 KB/s to 100 MB/s.
const TRAFFIC_LIMIT = { min: 819_200, max: 838_860_800 };
// Documented as unsupported in keys: CAN, EM, SUB and ESC. NUL is refused because no listing could carry it.
const UNSUPPORTED: ReadonlySet<string> = new Set(["\0", "\x18", "\x19", "\x1a", "\x1b"]);

/** Checks the limits common to all operations: key, traffic limit. Called before any body is read. */
export function checkLimits(key: string, query: Query, headers: ReadonlyMap<string, string>): void {
  checkKey(key);
  const limit = headers.get("x-cos-traffic-limit") ?? query.get("x-cos-traffic-limit");
  if (limit !== undefined && !isTrafficLimit(limit)) {
    throw new CosErrorResponse("InvalidArgument", "The traffic limit must be between 819200 and 838860800.");
  }
}

function checkKey(key: string): void {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new CosErrorResponse("KeyTooLong", "Your key is too long.");
  }
  if (/^[/\\]/.test(key) || [...key].some((character) => UNSUPPORTED.has(character))) {
    throw new CosErrorResponse("InvalidObjectName", "The specified object name is not valid.");
  }
}

function isTrafficLimit(text: string): boolean {
  const bits = Number(text);
  return /^\d+$/.test(text) && bits >= TRAFFIC_LIMIT.min && bits <= TRAFFIC_LIMIT.max;
}
