import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crc64 } from "../contract/reference/crc64.ts";
import { type IntegrationRig, openIntegrationRig } from "./rig.ts";
import { type RunningExample, SERVERS } from "./servers.ts";

const MiB = 1024 ** 2;
/** Bytes without a period near a part's size. */
const FILE = Uint8Array.from({ length: 30 * MiB }, (_, index) => (index * 2654435761) >>> 13);
const CRC64 = crc64(FILE);
/** More than one PUT takes, so that parts are sent. */
const BEGINNING = 28 * MiB;

let rig: IntegrationRig;
beforeAll(async () => {
  rig = await openIntegrationRig();
});
afterAll(() => rig.close());

describe.each(Object.entries(SERVERS))("%s", (name, start) => {
  let example: RunningExample;
  beforeAll(async () => {
    example = await start();
  });
  afterAll(() => example.close());

  it("sends parts to COS before the client has sent everything, and the object is the file", async () => {
    const firstPart = rig.next("UploadPart");
    const upload = await example.begin(FILE.length);
    await upload.send(FILE.subarray(0, BEGINNING));
    await firstPart;
    await upload.send(FILE.subarray(BEGINNING));
    const { status, json } = await upload.end();
    expect(status).toBe(201);
    const [stored] = [json].flat() as [{ Key: string; crc64: string; size: number }];
    expect(stored).toMatchObject({ crc64: CRC64, size: FILE.length });
    expect(stored.Key).toMatch(/^uploads\/[0-9a-f-]{36}\.bin$/);
    expect(await rig.crc64Of(stored.Key)).toBe(CRC64);
  });

  it("aborts the upload when the client goes away", async () => {
    const begun = rig.next("UploadPart");
    const upload = await example.begin(FILE.length);
    await upload.send(FILE.subarray(0, BEGINNING));
    await begun;
    const aborted = rig.next("AbortMultipartUpload");
    upload.destroy();
    await aborted;
    expect(await rig.unfinished()).toEqual([]);
  });

  it.runIf(/busboy|multer/.test(name))("refuses a file above the limit, and stores none of it", async () => {
    const aborted = rig.next("AbortMultipartUpload");
    const upload = await example.begin(0);
    for (let sent = 0; sent <= 64 * MiB; sent += 16 * MiB) await upload.send(new Uint8Array(16 * MiB));
    const { status, json } = await upload.end();
    expect({ status, json }).toMatchObject({ status: 413, json: { code: "too-large" } });
    await aborted;
    expect(await rig.unfinished()).toEqual([]);
  });
});
