import { FleetError } from "../fleet-error.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { readRun } from "../ledger/run-info.ts";
import { readServer } from "../redis/check-server.ts";

/**
 * Redis forgets what it held when it is restarted without its append-only file, and the connection alone does not tell.
 * @throws {FleetError} `redis-lost`
 */
export async function requireSame(ledger: Ledger, serverId: string): Promise<void> {
  const server = await readServer(ledger.redis);
  if (server.serverId !== serverId && !server.keepsEverything) throw lost(ledger);
}

/**
 * Something else may have removed them, such as FLUSHALL.
 * @throws {FleetError} `redis-lost`
 */
export async function requireObjects(ledger: Ledger, objects: number): Promise<void> {
  const info = await readRun(ledger);
  if (info === undefined || info.objects < objects) throw lost(ledger);
}

function lost({ run }: Ledger): FleetError {
  return new FleetError(
    "redis-lost",
    `Redis has lost entries of run ${run} while they were added (it was restarted without an append-only file, or emptied): enqueue run ${run} again with recover`,
  );
}
