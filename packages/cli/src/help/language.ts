import { ConfigError } from "../config/config-error.ts";
import type { Environment } from "../credentials.ts";

/**
 * Whether help is printed in Simplified Chinese: `COSUP_LANG=zh`, or a locale that begins with `zh`. The locale is the
 * first of LC_ALL, LC_MESSAGES and LANG that is set and not empty, as POSIX has it.
 * @throws {ConfigError} COSUP_LANG is neither en nor zh
 */
export function prefersChinese(env: Environment): boolean {
  const chosen = env.COSUP_LANG || undefined;
  if (chosen !== undefined && chosen !== "en" && chosen !== "zh") {
    throw new ConfigError("COSUP_LANG: must be en or zh");
  }
  return /^zh(?![a-z])/i.test(chosen ?? (env.LC_ALL || env.LC_MESSAGES || env.LANG || ""));
}
