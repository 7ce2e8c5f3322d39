import type { Ledger } from "./ledger.ts";

/** A multipart upload that the run began, or was about to begin. */
export interface UploadNote {
  readonly object: string;
  readonly key: string;
  /** When it was about to begin, in milliseconds since the epoch. */
  readonly sinceMs: number;
  /** Undefined: the worker was lost before it could write it. */
  readonly uploadId?: string | undefined;
  /** Uploads of the key that may be the one without a written id. */
  readonly suspects?: readonly string[] | undefined;
}

/** Writes that an upload is about to begin, or what became of it. @param note the name of the upload in the list */
export async function noteUpload({ redis, keys }: Ledger, note: string, upload: UploadNote): Promise<void> {
  await redis.hset(keys.uploads, note, JSON.stringify(upload));
}

/** Removes an upload that is completed or aborted. */
export async function forgetUpload({ redis, keys }: Ledger, note: string): Promise<void> {
  await redis.hdel(keys.uploads, note);
}

/** All uploads that are neither completed nor aborted. */
export async function* eachUpload({ redis, keys }: Ledger): AsyncGenerator<[string, UploadNote]> {
  for await (const fields of redis.hscanStream(keys.uploads, { count: 100 })) {
    const pairs = fields as string[];
    for (let index = 0; index + 1 < pairs.length; index += 2) {
      yield [pairs[index] ?? "", JSON.parse(pairs[index + 1] ?? "{}") as UploadNote];
    }
  }
}
