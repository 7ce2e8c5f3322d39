import { ArgumentTypeError } from "../errors.ts";
import { Pacer } from "../http/pacer.ts";
import { wholeNumber } from "../params/checks.ts";
import type { Method } from "../params/table.ts";
import type { ClientContext } from "./context.ts";

/** The largest limit, which no line reaches. */
const MOST = 1024 ** 4;

/** The parameter table of setBandwidthLimit. Its range is that of createCos. */
export const SET_BANDWIDTH_LIMIT = {
  name: "setBandwidthLimit",
  parameters: { bandwidthLimit: { check: wholeNumber(16 * 1024, MOST, "bytes per second") } },
} as const satisfies Method;

/** The parameters of setBandwidthLimit. */
export interface SetBandwidthLimitParameters {
  /** Bytes per second, 16 384 to 1 TiB; not given: no limit from now on. */
  readonly bandwidthLimit?: number | undefined;
}

/** Changes the rate of a client that was made with a limit. */
export function setBandwidthLimit(
  { clock, pacer, receivingPacer }: ClientContext,
  { bandwidthLimit = MOST }: SetBandwidthLimitParameters,
): void {
  if (pacer === undefined || receivingPacer === undefined)
    throw new ArgumentTypeError("bandwidthLimit", "can only be changed if createCos was given one");
  for (const each of [pacer, receivingPacer]) {
    const { block, turn } = bound(new Pacer(clock, Number(bandwidthLimit)));
    // In place, because bodies under way keep the pacer that they began with.
    Object.assign(each, { block, turn });
  }
}

function bound(pacer: Pacer): Pick<Pacer, "block" | "turn"> {
  return { block: pacer.block, turn: (bytes, go) => pacer.turn(bytes, go) };
}
