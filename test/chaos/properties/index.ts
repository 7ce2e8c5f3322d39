import { checkpointRoundTrip, checkpointStrangers } from "./checkpoints.ts";
import { crcCombine, partPlan, rangeCover } from "./parts.ts";
import type { Property } from "./property.ts";
import { canonicalHeaders, keyEscaping, signatures } from "./wire.ts";

export const PROPERTIES: readonly Property[] = [
  partPlan,
  rangeCover,
  crcCombine,
  keyEscaping,
  canonicalHeaders,
  signatures,
  checkpointRoundTrip,
  checkpointStrangers,
];

/** Cases of each in a full run: more than 100 000 in all. */
export const CASES = 13_000;
