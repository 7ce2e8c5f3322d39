import { afterEach, describe, expect, test } from "vitest";
import { enqueueUploads } from "../src/jobs/enqueue.ts";
import { type CosFleetRig, openCosFleetRig } from "./support/cos-fleet-rig.ts";
import { type FileServer, serveFile } from "./support/file-server.ts";
import { numbered } from "./support/fleet-rig.ts";
import { hasRedis } from "./support/redis.ts";
import { BUCKET, bytesOf, crc64Of, MIB } from "./support/rig.ts";

test.each([2_000_000, MIB / 2, 6 * 1024 * MIB, Number.NaN])(
  "a part size of %d is refused before anything is added",
  async (partSize) => {
    const options = { connection: "redis://127.0.0.1:1", bucket: BUCKET, partSize };
    await expect(enqueueUploads(numbered([]), options)).rejects.toThrow(
      /^partSize: must be a multiple of 1048576, 1048576 to 5368709120/,
    );
  },
);

describe.skipIf(!hasRedis)("an object is one request, or an upload that the ledger has", () => {
  let rig: CosFleetRig;
  let server: FileServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
    await rig.close();
  });

  /** Runs one entry, and looks at the ledger while its parts are sent. @returns how many parts COS got of uploads that it has */
  async function send(
    size: number,
    partSize: number,
    { memoryBudget, isUrl = false, isSizeGiven = true }: Sent = {},
  ): Promise<{ parts: number; isNoted: boolean; puts: number }> {
    rig = await openCosFleetRig();
    const bytes = bytesOf("border", size);
    if (isUrl) server = await serveFile({ bytes, etag: '"1"' });
    const source = server?.url ?? rig.file("border", bytes);
    let run = "";
    let isNoted = true;
    rig.middleware = async ({ operation, query }, next) => {
      if (operation === "UploadPart") {
        const notes = await rig.redis.hvals(rig.ledger(run).keys.uploads);
        const ids = notes.map((text) => JSON.parse(text).uploadId);
        isNoted &&= ids.includes(query.get("uploadId"));
      }
      return next();
    };
    run = await rig.enqueue([{ source, key: "k", ...(isSizeGiven && { size }) }], {
      partSize,
      run: "border",
    });
    await rig.worker({}, { memoryBudget });
    await rig.finished(run);
    expect(await rig.report(run)).toMatchObject([{ type: "object", key: "k", crc64: await crc64Of(bytes) }]);
    return { parts: rig.requests("UploadPart"), isNoted, puts: rig.requests("PutObject") };
  }

  interface Sent {
    readonly memoryBudget?: number;
    readonly isUrl?: boolean;
    readonly isSizeGiven?: boolean;
  }

  test("a file of 16 MiB is one PUT, whatever the part size", async () => {
    expect(await send(16 * MIB, 64 * MIB)).toEqual({ parts: 0, isNoted: true, puts: 1 });
  });

  test.each([true, false])(
    "above, it is an upload of one part of that size; its size is given: %s",
    async (isSizeGiven) => {
      expect(await send(40 * MIB, 64 * MIB, { isSizeGiven })).toEqual({ parts: 1, isNoted: true, puts: 0 });
    },
  );

  test("a client whose memory cannot hold it sends it in parts of the ledger", async () => {
    const sent = await send(12 * MIB, 16 * MIB, { memoryBudget: 8 * MIB });
    expect(sent).toEqual({ parts: 1, isNoted: true, puts: 0 });
  });

  test("a URL above 64 MiB and below the part size is read in ranges", async () => {
    expect(await send(70 * MIB, 128 * MIB, { isUrl: true })).toEqual({ parts: 1, isNoted: true, puts: 0 });
  });
});
