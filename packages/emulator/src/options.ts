import { randomBytes } from "node:crypto";
import { checkOptions } from "./options/check-options.ts";
import type { EmulatorCredentials, EmulatorOptions, Settings } from "./types.ts";

export const DEFAULT_REGION = "ap-guangzhou";
/** The bucket and the key pair of an emulator that is given none. */
export const DEFAULT_BUCKET = "demo-1250000000";
export const DEFAULT_KEYS: EmulatorCredentials = {
  secretId: "AKIDcosupemulator",
  secretKey: "cosup-emulator-secret-key",
};

export function withDefaults(options: EmulatorOptions): Settings {
  checkOptions(options);
  // An option that is given as undefined is not given.
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return {
    data: undefined,
    buckets: [DEFAULT_BUCKET],
    credentials: [DEFAULT_KEYS],
    port: 0,
    host: "127.0.0.1",
    tls: false,
    region: DEFAULT_REGION,
    minPartSize: 1024 * 1024,
    allowChunkedParts: false,
    anonymous: false,
    cors: false,
    fsync: false,
    now: Date.now,
    log: () => {},
    onRequest: () => {},
    middleware: [],
    faults: false,
    link: undefined,
    controlToken: randomBytes(16).toString("hex"),
    controlHosts: [],
    sleep,
    ...(Object.fromEntries(given) as EmulatorOptions),
  };
}

function sleep(ms: number, gone: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      gone?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    gone?.addEventListener("abort", done);
    if (gone?.aborted) done();
  });
}
