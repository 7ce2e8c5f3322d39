import { CosClient } from "../../src/client.ts";
import type { CosOptions } from "../../src/options.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import type { VirtualClock } from "./virtual-clock.ts";

export const Bucket = "examplebucket-1250000000";
export const Key = "exampleobject";
export const SecretId = "AKIDcanarycanarycanarycanarycanary00";
export const SecretKey = "canarySecretKeycanarySecretKey00";

export function clientOf(runtime: Runtime, clock: VirtualClock, options: CosOptions = {}): CosClient {
  const keys = options.credentials === undefined ? { SecretId, SecretKey } : {};
  return new CosClient(runtime, { Region: "ap-guangzhou", ...keys, ...options }, clock);
}

/** The fields of an Authorization header. */
export function authorization(headers: Readonly<Record<string, string>>): Record<string, string> {
  const text = headers.authorization ?? "";
  return Object.fromEntries(text.split("&").map((field) => field.split(/=(.*)/s, 2) as [string, string]));
}
