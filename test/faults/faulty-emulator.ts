import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningEmulator, startEmulator } from "@cosup/emulator";
import { KEYS } from "./clients.ts";
import { PART_UNIT } from "./flows.ts";
import type { VirtualTime } from "./virtual-time.ts";

export interface FaultyEmulator {
  readonly emulator: RunningEmulator;
  /** A temporary directory for the files of the tests; removed by `close`. */
  readonly directory: string;
  close(): Promise<void>;
}

/** An emulator with parts of kilobytes and fault scripts, on the system clock or on `time`. */
export async function openFaultyEmulator(bucket: string, time?: VirtualTime): Promise<FaultyEmulator> {
  const directory = await mkdtemp(join(tmpdir(), "cosup-faults-"));
  const emulator = await startEmulator({
    data: join(directory, "cos"),
    buckets: [bucket],
    credentials: [KEYS],
    minPartSize: PART_UNIT,
    faults: true,
    // The tests read objects without a cosup client.
    anonymous: true,
    ...(time && { now: time.now, sleep: time.sleep }),
  });
  return {
    emulator,
    directory,
    close: async () => {
      await emulator.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
