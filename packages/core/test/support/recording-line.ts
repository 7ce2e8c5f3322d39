import { type Ending, Line } from "../../src/http/line.ts";
import { RequestQueue } from "../../src/http/request-queue.ts";
import type { RequestSpec } from "../../src/http/request-spec.ts";
import type { Sending } from "../../src/http/sending.ts";
import { Bucket, Key } from "./client.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** Records how requests end. */
export class RecordingLine extends Line {
  readonly ended: Ending[] = [];

  constructor(clock: VirtualClock) {
    super(() => clock.now(), new RequestQueue());
  }

  override end(sending: Sending, ending: Ending): void {
    this.ended.push(ending);
    super.end(sending, ending);
  }
}

/** A request that may be repeated. */
export function requestSpec(changes: Partial<RequestSpec> = {}): RequestSpec {
  const place = { operation: "getObject", method: "GET", Bucket, Key } as const;
  return { ...place, query: [], headers: {}, idempotent: true, signal: undefined, ...changes };
}
