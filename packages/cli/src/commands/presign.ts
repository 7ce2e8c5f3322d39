import { type ConnectionFlags, openClient } from "../client.ts";
import { ownEnvironment } from "../credentials.ts";
import { parseObjectLocation } from "../location.ts";
import { writeJson, writeResult } from "../output.ts";

/** The flags of `cosup presign`. */
export interface PresignFlags extends ConnectionFlags {
  readonly method: "GET" | "PUT" | "HEAD" | "DELETE";
  /** Milliseconds. */
  readonly expires: number;
  readonly json?: boolean;
}

/** Runs `cosup presign`: prints a signed URL of an object. Sends nothing. Returns the exit code. */
export async function presign(target: string, flags: PresignFlags): Promise<number> {
  const { bucket, key } = parseObjectLocation(target);
  const client = openClient(flags, ownEnvironment());
  const seconds = Math.floor(flags.expires / 1000);
  const url = await client.getPresignedUrl({
    Bucket: bucket,
    Key: key,
    Method: flags.method,
    Expired: seconds,
  });
  if (flags.json !== true) writeResult(url);
  else {
    const expires = new Date(Date.now() + seconds * 1000).toISOString();
    writeJson({ type: "url", bucket, key, method: flags.method, url, expires });
  }
  return 0;
}
