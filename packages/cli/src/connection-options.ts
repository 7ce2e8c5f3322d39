import type { Command } from "commander";
import { countUp, duration, wholeNumber } from "./parse-arguments.ts";

/** Receives the exit code of the command. */
export type Finish = (exitCode: number) => void;

/** Adds the flags that set the profile, the endpoint, the proxy, and how long and how often a request is tried. */
export function withConnection(command: Command): Command {
  return command
    .option("--profile <name>", "profile of the configuration (env: COSUP_PROFILE)")
    .option("--region <name>", "region, for example ap-guangzhou (env: COS_REGION)")
    .option(
      "--endpoint <url>",
      "URL template, for example 'http://127.0.0.1:9000/{Bucket}' (env: COS_ENDPOINT)",
    )
    .option(
      "--proxy <url>",
      "proxy URL for all requests, or 'none' (default: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY)",
    )
    .option("--max-attempts <n>", "attempts per request, including the first (default: 8)", wholeNumber)
    .option(
      "-v, --verbose",
      "print each request to stderr; -vv: its headers too, without secrets",
      countUp,
      0,
    )
    .option("--log-file <file>", "append each request to a file, as JSON lines")
    .option(
      "--timeout <duration>",
      "time without progress after which an attempt fails, for example 30s (default: 1m)",
      duration,
    );
}
