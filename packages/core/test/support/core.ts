import { DigestCore } from "../../src/digest/digest-core.ts";
import type { Clock } from "../../src/runtime/clock.ts";
import { VirtualClock } from "./virtual-clock.ts";
import { scriptedWire } from "./wire.ts";

export const MB = 1024 * 1024;

/** A new digest core with an arena of `arenaBytes`. */
export function createCore(arenaBytes: number, clock: Clock): Promise<DigestCore> {
  return DigestCore.create(scriptedWire(new VirtualClock(), []).runtime, arenaBytes, clock);
}
