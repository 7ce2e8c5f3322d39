import { CosErrorResponse } from "../errors.ts";
import type { Call } from "../types.ts";
import type { Query } from "./query.ts";

/** Bits per second; 100 KB/s to 100 MB/s. */
const RANGE = { min: 819_200, max: 838_860_800 };
const PIECES_PER_SECOND = 10;
/** How far the transfer may catch up after it was late, so that a stalled client gets no burst. */
const MAX_CATCH_UP_MS = 1000;

/** The traffic limit of a request in bits per second, from the header or the query. */
export function trafficLimit(headers: ReadonlyMap<string, string>, query: Query): number | undefined {
  const inQuery = query.get("x-cos-traffic-limit");
  const text = headers.get("x-cos-traffic-limit") ?? inQuery;
  if (text === undefined) return undefined;
  // A header that is not signed must not replace a parameter that is.
  if (inQuery !== undefined && inQuery !== text) {
    throw new CosErrorResponse("InvalidArgument", "The request has two traffic limits.");
  }
  const bits = Number(text);
  if (!/^\d+$/.test(text) || bits < RANGE.min || bits > RANGE.max) {
    throw new CosErrorResponse(
      "InvalidArgument",
      `The traffic limit must be between ${RANGE.min} and ${RANGE.max}.`,
    );
  }
  return bits;
}

/** The bytes of a request or response, no faster than the request allows. */
export function withinTrafficLimit<Body extends AsyncIterable<Uint8Array> | undefined>(
  call: Call,
  body: Body,
): Body | AsyncGenerator<Uint8Array> {
  const bits = trafficLimit(call.headers, call.query);
  return bits === undefined || body === undefined ? body : paced(body, bits / 8, call);
}

async function* paced(
  body: AsyncIterable<Uint8Array>,
  bytesPerSecond: number,
  { settings, connection }: Call,
): AsyncGenerator<Uint8Array> {
  const pieceBytes = Math.ceil(bytesPerSecond / PIECES_PER_SECOND);
  // When the bytes so far should have passed, on the emulator's clock. A clock that stands still counts as on time.
  let due = settings.now();
  for await (const chunk of body) {
    for (let at = 0; at < chunk.length; at += pieceBytes) {
      const piece = chunk.subarray(at, at + pieceBytes);
      const before = settings.now();
      due =
        Math.max(Math.min(due, before), before - MAX_CATCH_UP_MS) + (piece.length * 1000) / bytesPerSecond;
      if (due > before) await settings.sleep(Math.ceil(due - before), connection?.gone);
      yield piece;
    }
  }
}
