import type { WireRequest } from "@cosup/core/runtime";
import { createAgent } from "./agent.ts";
import { createConnector } from "./connector.ts";
import type { Dispatcher } from "./undici.ts";

/** The dispatchers that we create. */
export interface Connections {
  /** The dispatcher for a request. */
  dispatcherFor(request: WireRequest): Dispatcher;
  /**
   * Call it when no request waits for a connection any more. Connections that are being established are given up, whatever
   * undici still has in its queues; later requests get new dispatchers. Bodies of responses can still be read.
   */
  retire(): void;
  /** Destroys every connection; requests under way are rejected, and so are later ones. */
  destroy(): Promise<void>;
}

/** Creates the dispatchers with the first request that needs them. */
export function createConnections(): Connections {
  let current: Generation | undefined;
  const retired = new Set<Generation>();
  let closed = false;
  return {
    dispatcherFor: ({ freshConnection }) => {
      current ??= createGeneration();
      return freshConnection ? current.fresh : current.pooled;
    },
    retire: () => {
      const old = current;
      if (closed || !old?.connector.isConnecting()) return;
      current = undefined;
      retired.add(old);
      old.connector.refuse();
      void Promise.all([old.pooled.close(), old.fresh.close()]).finally(() => retired.delete(old));
    },
    destroy: async () => {
      closed = true;
      // Requests after this are rejected by destroyed dispatchers.
      current ??= createGeneration();
      await Promise.all([...retired, current].map(destroyGeneration));
    },
  };
}

interface Generation {
  readonly connector: ReturnType<typeof createConnector>;
  readonly pooled: Dispatcher;
  readonly fresh: Dispatcher;
}

function createGeneration(): Generation {
  const connector = createConnector();
  return { connector, pooled: createAgent(connector), fresh: createAgent(connector) };
}

async function destroyGeneration({ connector, pooled, fresh }: Generation): Promise<void> {
  const destroyed = Promise.all([pooled.destroy(), fresh.destroy()]);
  connector.refuse();
  await destroyed;
}
