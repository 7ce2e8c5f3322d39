import type { NodeCosClient } from "@cosup/node";

/**
 * Whether nothing was stored below a prefix when a command began. Known as soon as COS has responded to one list request, which
 * is sent beside the first files; until then, and if COS refuses it, false.
 */
export class EmptyPrefix {
  #isEmpty = false;

  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** Never rejects: without the response, each file is compared for itself. */
  async ask(client: NodeCosClient, Bucket: string, Prefix: string, signal: AbortSignal): Promise<void> {
    try {
      const { listObjects } = await import("@cosup/node/objects");
      const { Contents } = await listObjects(client, { Bucket, Prefix, MaxKeys: 1, signal });
      this.#isEmpty = Contents.length === 0;
    } catch {
      // No permission to list, for one.
    }
  }
}
