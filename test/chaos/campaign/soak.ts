import { readdirSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { runSeed } from "../run-seed.ts";
import { describeFailure } from "../shrink.ts";

const MiB = 1024 ** 2;
const MAX_SLOPE_MIB = 1;
/** Warm-up minutes, in which pools fill and code is compiled: the heap becomes stable within four. */
const WARM_UP_MINUTES = 5;
const SAMPLE_MS = 5_000;

interface Sample {
  readonly minutes: number;
  readonly rss: number;
  readonly handles: number;
  readonly descriptors: number;
}

/**
 * Runs seeds in one process for some minutes after a warm-up: memory, handles and descriptors must not grow.
 * @returns the exit code
 */
export async function soak(minutes: number, base: number): Promise<number> {
  const collect = garbageCollector();
  const started = performance.now();
  const samples: Sample[] = [];
  let seeds = 0;
  let failed = 0;
  for (let next = SAMPLE_MS; performance.now() - started < (WARM_UP_MINUTES + minutes) * 60_000; ) {
    const verdict = await runSeed({ seed: base + seeds });
    seeds += 1;
    if (verdict.violations.length > 0) {
      failed += 1;
      console.log(describeFailure(verdict));
    }
    const elapsed = performance.now() - started;
    if (elapsed < next) continue;
    next = elapsed + SAMPLE_MS;
    collect();
    samples.push(sample(elapsed / 60_000));
  }
  const warm = samples.filter((one) => one.minutes >= WARM_UP_MINUTES);
  const [first] = warm;
  const last = warm.at(-1);
  if (first === undefined || last === undefined) throw new Error("a soak takes at least a minute");
  const slope = slopeOf(warm) * 10;
  console.log(`soak: RSS by minute, least to most: ${minuteByMinute(samples)} MiB`);
  const handles = last.handles - first.handles;
  const descriptors = last.descriptors - first.descriptors;
  console.log(`soak: ${minutes} min after ${WARM_UP_MINUTES} of warm-up, ${seeds} seeds, ${failed} failed`);
  console.log(
    `soak: RSS ${mib(first.rss)} → ${mib(last.rss)} MiB, ${slope.toFixed(2)} MiB per 10 min (limit ${MAX_SLOPE_MIB})`,
  );
  console.log(
    `soak: handles ${first.handles} → ${last.handles}, descriptors ${first.descriptors} → ${last.descriptors}`,
  );
  return failed === 0 && slope <= MAX_SLOPE_MIB && handles <= 0 && descriptors <= 0 ? 0 : 1;
}

function sample(minutes: number): Sample {
  return {
    minutes,
    rss: process.memoryUsage.rss(),
    handles: process.getActiveResourcesInfo().length,
    descriptors: descriptorCount(),
  };
}

function descriptorCount(): number {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    // Not Linux: only the handles are counted.
    return 0;
  }
}

/** The range of each minute: a leak raises the minimum, a late garbage collection only the maximum. */
function minuteByMinute(samples: readonly Sample[]): string {
  const minutes: number[][] = [];
  for (const { minutes: at, rss } of samples) {
    const minute = minutes[Math.floor(at)] ?? [];
    minutes[Math.floor(at)] = [...minute, rss];
  }
  return minutes.map((sizes) => `${mib(Math.min(...sizes))}–${mib(Math.max(...sizes))}`).join(", ");
}

/** MiB per minute, by least squares. */
function slopeOf(samples: readonly Sample[]): number {
  const mean = (pick: (one: Sample) => number): number =>
    samples.reduce((sum, one) => sum + pick(one), 0) / samples.length;
  const x = mean(({ minutes }) => minutes);
  const y = mean(({ rss }) => rss / MiB);
  let above = 0;
  let below = 0;
  for (const { minutes, rss } of samples) {
    above += (minutes - x) * (rss / MiB - y);
    below += (minutes - x) ** 2;
  }
  return below === 0 ? 0 : above / below;
}

/** Collects garbage before a sample, so that the slope shows only memory that is held. */
function garbageCollector(): () => void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new Error("there is no garbage collector to call");
  return () => void collect();
}

function mib(bytes: number): string {
  return (bytes / MiB).toFixed(1);
}
