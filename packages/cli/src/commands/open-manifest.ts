import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { ArgumentTypeError, SourceError } from "@cosup/node";
import { type Location, parseLocation } from "../location.ts";
import { messageOf } from "../report.ts";

/**
 * Opens a manifest for reading; `-` is stdin.
 * @param parameter that named it
 * @throws {SourceError} it is missing, or cannot be read
 * @throws {TypeError} it is a directory
 */
export async function openManifest(file: string, parameter = "manifestIn"): Promise<Readable> {
  if (file === "-") return process.stdin;
  try {
    const handle = await open(file);
    if (!(await handle.stat()).isDirectory()) return handle.createReadStream();
    await handle.close();
  } catch (error) {
    const message = `the manifest ${file} cannot be read: ${messageOf(error)}`;
    throw new SourceError(message, "source-unreadable", error);
  }
  throw new ArgumentTypeError(parameter, `${file} is a directory, not a manifest`);
}

/**
 * Where the keys of a manifest begin.
 * @throws {TypeError} `text` is no target, or its prefix would run into the keys
 */
export function parseManifestTarget(text: string): Location {
  const target = parseLocation(text);
  if (target.key !== "" && !target.key.endsWith("/"))
    throw new ArgumentTypeError("target", "must end with '/': the keys of the manifest follow it");
  return target;
}
