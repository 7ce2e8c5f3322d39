import type { LinkOptions } from "@cosup/emulator";
import { formatBytes } from "../display/format.ts";

/** The flags of a slow line. */
export interface LinkFlags {
  readonly linkRate?: number;
  readonly linkLatency?: number;
  readonly linkJitter?: number;
  readonly linkSeed?: number;
}

/** The option `link` of the emulator; undefined: no flag asks for a slow line. */
export function linkOf({ linkRate, linkLatency, linkJitter, linkSeed }: LinkFlags): LinkOptions | undefined {
  const link = {
    ...(linkRate === undefined ? {} : { bytesPerSecond: linkRate }),
    ...(linkLatency === undefined ? {} : { latencyMs: linkLatency }),
    ...(linkJitter === undefined ? {} : { jitterMs: linkJitter }),
    ...(linkSeed === undefined ? {} : { seed: linkSeed }),
  };
  return Object.keys(link).length === 0 ? undefined : link;
}

/** A line of the banner. */
export function describeLink({ bytesPerSecond, latencyMs = 0, jitterMs = 0 }: LinkOptions): string {
  const rate = bytesPerSecond === undefined ? "no limit" : `${formatBytes(bytesPerSecond)}/s`;
  const jitter = jitterMs === 0 ? "" : ` to ${latencyMs + jitterMs}`;
  return `${rate} and ${latencyMs}${jitter} ms in each direction`;
}

/** The flags of the fields of `link`, for errors. */
export const LINK_FLAGS: Readonly<Record<string, string>> = {
  "link.bytesPerSecond": "--link-rate",
  "link.latencyMs": "--link-latency",
  "link.jitterMs": "--link-jitter",
  "link.seed": "--link-seed",
};
