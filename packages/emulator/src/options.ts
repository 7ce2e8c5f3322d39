import { randomBytes } from "node:crypto";
import { checkOptions } from "./options/check-options.ts";
import type { EmulatorOptions, Settings } from "./types.ts";

export function withDefaults(options: EmulatorOptions): Settings {
  checkOptions(options);
  // An option that is given as undefined is not given.
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return {
    port: 0,
    host: "127.0.0.1",
    region: "ap-guangzhou",
    minPartSize: 1024 * 1024,
    allowChunkedParts: false,
    anonymous: false,
    cors: false,
    fsync: false,
    now: Date.now,
    log: () => {},
    middleware: [],
    faults: false,
    controlToken: randomBytes(16).toString("hex"),
    controlHosts: [],
    sleep,
    ...(Object.fromEntries(given) as unknown as EmulatorOptions),
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
