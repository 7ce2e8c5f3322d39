import { CosClient, type CosOptions } from "@cosup/core";
import type { Runtime } from "@cosup/core/runtime";
import { UploadClient } from "@cosup/core/upload";
import type { Rig, Settings, StreamModules } from "./contract.ts";
import { readAll } from "./fixtures/bytes.ts";

/** Keys handed out by all rigs of a run, which share their buckets. */
let keys = 0;

const MEMORY_BUDGET = 8 * 1024 ** 2;

/** The rig of one case. Close it after the case. */
export interface ClosableRig extends Rig {
  close(): Promise<void>;
}

/** @param newRuntime creates the adapter's runtime; each client gets its own, as with `createCos` */
export function createRig(
  newRuntime: () => Runtime,
  settings: Settings,
  modules: StreamModules,
): ClosableRig {
  const { secretId, secretKey } = settings.permanent;
  const defaults: CosOptions = {
    Region: settings.Region,
    Endpoint: settings.endpoint,
    SecretId: secretId,
    SecretKey: secretKey,
    // Each client allocates its own memory. With the default, most of a run would be garbage collection.
    memoryBudget: MEMORY_BUDGET,
  };
  const runtimes: Runtime[] = [];
  const open = (): Runtime => {
    const runtime = newRuntime();
    runtimes.push(runtime);
    return runtime;
  };
  const runtime = open();
  const client = new CosClient(runtime, defaults);
  return {
    ...settings,
    runtime,
    secretId,
    secretKey,
    client,
    modules,
    createClient: (options = {}, wrap = (own) => own, clock) =>
      new CosClient(wrap(open()), { ...defaults, ...options }, clock),
    createUploadClient: (options = {}, wrap = (own) => own, clock) =>
      new UploadClient(wrap(open()), { ...defaults, ...options }, clock),
    uniqueKey: (prefix = "object") => {
      keys += 1;
      return `contract/${prefix}-${keys}`;
    },
    readObject: async (Key, Bucket = settings.Bucket) => {
      const { Body } = await client.getObject({ Bucket, Key });
      return readAll(Body);
    },
    close: async () => {
      for (const each of runtimes) await each.close?.();
    },
  };
}
