import * as core from "@cosup/core";
import type { ContractCase } from "./contract.ts";
import { Script } from "./fixtures/faults.ts";
import { ERROR_CLASSES, METHODS } from "./surface-table.ts";

export const cases: readonly ContractCase[] = [
  {
    name: "a client has every method",
    run: async (t, rig) => {
      for (const method of METHODS) t.equal(typeof Reflect.get(rig.client, method), "function", method);
    },
  },
  {
    name: "every class of error is exported, and descends from Error",
    run: async (t) => {
      for (const name of ERROR_CLASSES) {
        const type: unknown = Reflect.get(core, name);
        t.ok(typeof type === "function" && type.prototype instanceof Error, name);
      }
      t.ok(Object.create(core.ArgumentTypeError.prototype) instanceof TypeError, "ArgumentTypeError");
      t.ok(Object.create(core.ArgumentRangeError.prototype) instanceof RangeError, "ArgumentRangeError");
      t.match(core.VERSION, /^\d+\.\d+\.\d+/, "VERSION");
    },
  },
  {
    name: "a client can be made and closed without sending anything",
    run: async (t, rig) => {
      const script = new Script();
      const client = rig.createClient({}, script.wrap);
      await client.close();
      t.equal(script.sent.length, 0, "requests");
    },
  },
  {
    name: "the runtime says its name and sensible defaults",
    run: async (t, rig) => {
      const { name, defaults } = rig.runtime;
      t.match(name, /^[a-z][a-z0-9-]*$/, "name");
      t.ok(defaults.partSize >= 1024 * 1024, "partSize");
      t.ok(defaults.concurrency >= 1 && defaults.concurrency <= 6, "concurrency");
      t.ok(defaults.memoryBudget >= defaults.partSize, "room for a part");
    },
  },
];
