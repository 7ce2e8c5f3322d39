import type { Agent, buildConnector, Client, Pool } from "undici";

declare const parts: {
  readonly Agent: typeof Agent;
  readonly Client: typeof Client;
  readonly Pool: typeof Pool;
  readonly buildConnector: typeof buildConnector;
  /** Each is a unique symbol, which only the module that exports it can declare: `never` can be assigned to it. */
  readonly kSocket: never;
  readonly kParser: never;
};
export = parts;
