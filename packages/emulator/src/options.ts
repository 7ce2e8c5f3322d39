import { randomBytes } from "node:crypto";
import { BUCKET_NAME } from "./request/address.ts";
import type { EmulatorOptions, Settings } from "./types.ts";

export function withDefaults(options: EmulatorOptions): Settings {
  const wrong = options.buckets.find((bucket) => !BUCKET_NAME.test(bucket));
  if (wrong !== undefined) throw new RangeError(`buckets: "${wrong}" does not have the form name-appid`);
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
    ...options,
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
