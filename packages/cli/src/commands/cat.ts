import { Readable } from "node:stream";
import { type ConnectionFlags, openClient } from "../client.ts";
import { ownEnvironment } from "../credentials.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { parseObjectLocation } from "../location.ts";

/** The flags of `cosup cat`. */
export interface CatFlags extends ConnectionFlags {
  readonly range?: string;
  readonly versionId?: string;
}

/**
 * Runs `cosup cat`: writes an object to stdout. The CRC64 is compared at the end: when the exit code is not 0, what was
 * written must not be used. Returns the exit code.
 */
export async function cat(target: string, flags: CatFlags): Promise<number> {
  const { bucket, key } = parseObjectLocation(target);
  const client = openClient(flags, ownEnvironment());
  try {
    const { Body } = await client.getObject({
      Bucket: bucket,
      Key: key,
      VersionId: flags.versionId,
      Range: flags.range === undefined ? undefined : `bytes=${flags.range}`,
      signal: abortOnInterrupt(),
    });
    await writeAll(Body);
  } finally {
    await client.close();
  }
  return 0;
}

/** Writes to stdout, which stays open, until its reader has enough (`cosup cat … | head`). */
async function writeAll(body: ReadableStream<Uint8Array>): Promise<void> {
  const { stdout } = process;
  let closed = false;
  stdout.once("close", () => {
    closed = true;
  });
  stdout.once("error", () => {
    closed = true;
  });
  for await (const chunk of Readable.fromWeb(body as import("node:stream/web").ReadableStream<Uint8Array>)) {
    if (closed) return;
    if (!stdout.write(chunk)) await drained(stdout);
  }
}

function drained(stdout: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of ["drain", "close", "error"]) stdout.off(event, done);
      resolve();
    };
    for (const event of ["drain", "close", "error"]) stdout.once(event, done);
  });
}
