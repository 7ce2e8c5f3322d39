/** Flags that say where the queue is. */
export interface QueueFlags {
  readonly redis?: string;
  readonly queue?: string;
  readonly json?: boolean;
}

/** Flags that say which run is meant. */
export interface RunFlags extends QueueFlags {
  readonly run?: string;
}

/** The package of the queue. cosup does not contain it, because few need BullMQ. */
export type Fleet = typeof import("@cosup/fleet");

/** @cosup/fleet is not installed. */
export class FleetMissingError extends Error {
  override readonly name = "FleetMissingError";
}

/**
 * Loads `@cosup/fleet`.
 * @param name another package, for tests
 * @throws {FleetMissingError} it is not installed
 */
export async function loadFleet(name = "@cosup/fleet"): Promise<Fleet> {
  try {
    return (await import(name)) as Fleet;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new FleetMissingError("cosup fleet needs the package @cosup/fleet: npm install @cosup/fleet", {
      cause: error,
    });
  }
}

/** Where the queue is, for the functions of the package. */
export function placeOf({ redis, queue, run }: RunFlags): {
  connection: string;
  queue: string | undefined;
  run: string | undefined;
} {
  return { connection: redis || "redis://127.0.0.1:6379", queue, run };
}
