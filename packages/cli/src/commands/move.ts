import { stat } from "node:fs/promises";
import { join } from "node:path";
import { ArgumentTypeError } from "@cosup/node";
import { openClient } from "../client.ts";
import { ownEnvironment } from "../credentials.ts";
import { isLocation, type Location, parseLocation } from "../location.ts";
import type { AfterCopy } from "./after-copy.ts";
import { copy } from "./copy.ts";
import type { CopyFlags } from "./copy-flags.ts";
import { type MoveClients, type Moved, removeSource } from "./move-source.ts";
import type { Outcome } from "./outcome.ts";

/**
 * Runs `cosup mv`: copies as `cosup cp` does, then deletes each source whose target was verified. Returns the exit code.
 */
export async function move(values: readonly string[], flags: CopyFlags): Promise<number> {
  checkMove(values, flags);
  const copied: Outcome[] = [];
  const movedFrom = await sourcesOf(values, flags.recursive === true);
  const after: AfterCopy = {
    add: (outcome) => {
      if (isCopied(outcome)) copied.push(outcome);
    },
    end: async (report, signal) => {
      if (copied.length === 0) return;
      const clients = clientsFor(flags);
      try {
        for (const outcome of copied) await moveOne(clients, outcome, movedFrom(outcome), report, signal);
      } finally {
        await clients.source.close();
        await clients.target.close();
      }
    },
  };
  return copy(values, flags, after);
}

/** Whether the target of an outcome holds its source. */
function isCopied({ status, reason }: Outcome): boolean {
  return ["uploaded", "downloaded", "copied"].includes(status) || (status === "skipped" && reason === "same");
}

async function moveOne(
  clients: MoveClients,
  outcome: Outcome,
  moved: Moved,
  report: (outcome: Outcome) => void,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const { key, size } = outcome;
  const { from } = moved;
  const source = typeof from === "string" ? from : `cos://${from.bucket}/${from.key}`;
  const object = { source, key, size, partsSent: 0, partsResumed: 0 };
  try {
    await removeSource(clients, moved, signal);
    report({ ...object, status: "deleted" });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    report({ ...object, status: "failed", error });
  }
}

/** Says where the object of an outcome has come from, and where it is now. */
async function sourcesOf(
  values: readonly string[],
  recursive: boolean,
): Promise<(outcome: Outcome) => Moved> {
  const [first = ""] = values;
  if (isLocation(first)) {
    const { bucket } = parseLocation(first);
    return ({ source, key, to = "" }) => ({
      from: isLocation(source) ? parseLocation(source) : { bucket, key },
      to: isLocation(to) ? parseLocation(to) : to,
    });
  }
  const { bucket } = parseLocation(values.at(-1) ?? "");
  const isFolder = recursive && ((await stat(first).catch(() => undefined))?.isDirectory() ?? false);
  return ({ source, key }) => ({ from: isFolder ? join(first, source) : source, to: { bucket, key } });
}

/** @throws {TypeError} something cannot be moved from or to there */
function checkMove(values: readonly string[], { recursive, followSymlinks }: CopyFlags): void {
  const [first = ""] = values;
  const last = values.at(-1) ?? "";
  if (values.includes("-"))
    throw new ArgumentTypeError("source", "must not be -: mv moves files and objects");
  if (followSymlinks === true)
    throw new ArgumentTypeError("followSymlinks", "is for cp and sync: mv moves no links");
  if (!isLocation(first) || !isLocation(last) || values.length < 2) return;
  const [from, to] = [parseLocation(first), parseLocation(last)];
  const isWithin = recursive === true && folderKey(to).startsWith(folderKey(from));
  const name = from.key.slice(from.key.lastIndexOf("/") + 1);
  const place = to.key === "" || to.key.endsWith("/") ? to.key + name : to.key;
  const isItself = recursive !== true && from.key === place;
  if (from.bucket === to.bucket && (isItself || isWithin))
    throw new ArgumentTypeError("target", "must not be the source, nor a folder in it");
}

function folderKey({ key }: Location): string {
  return key === "" || key.endsWith("/") ? key : `${key}/`;
}

function clientsFor(flags: CopyFlags): MoveClients {
  const target = openClient(flags, ownEnvironment());
  const { sourceRegion } = flags;
  const atSource = sourceRegion === undefined ? flags : { ...flags, region: sourceRegion };
  const source = openClient(atSource, ownEnvironment());
  return { source, target };
}
