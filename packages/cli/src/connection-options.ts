import { type Command, Option } from "commander";
import { wholeNumber } from "./parse-arguments.ts";

/** Told the exit code of the command that ran. */
export type Finish = (exitCode: number) => void;

/** The flags that say where COS is. */
export function withConnection(command: Command): Command {
  return command
    .addOption(new Option("--region <name>", "region, as in ap-guangzhou").env("COS_REGION"))
    .addOption(
      new Option("--endpoint <url>", "URL template such as 'http://127.0.0.1:9000/{Bucket}'").env(
        "COS_ENDPOINT",
      ),
    )
    .option(
      "--proxy <url>",
      "proxy for all requests, or 'none' (default: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY)",
    )
    .option("--max-attempts <n>", "attempts of each request, the first included (default: 8)", wholeNumber);
}
