import { VERSION } from "@cosup/node";
import { version as cosup } from "../../package.json";
import { writeJson, writeResult } from "../output.ts";

/** Runs `cosup version`: prints the versions that a report of a problem should name. Returns the exit code. */
export function version(flags: { readonly json?: boolean }): number {
  const versions = {
    cosup,
    core: VERSION,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
  };
  if (flags.json === true) writeJson({ type: "version", ...versions });
  else for (const [name, value] of Object.entries(versions)) writeResult(`${name.padEnd(10)}${value}`);
  return 0;
}
