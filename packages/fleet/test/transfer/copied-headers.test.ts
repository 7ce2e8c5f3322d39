import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findIdenticalLarge } from "../../src/transfer/find-identical.ts";
import {
  completeLarge,
  initiateLarge,
  planLarge,
  probeSource,
  transferRange,
} from "../../src/transfer/index.ts";
import { BUCKET, bytesOf, failure, MIB, OTHER_BUCKET, openRig, type Rig } from "../support/rig.ts";

const bytes = bytesOf("copied", MIB + 5);
const SOURCE = { Bucket: OTHER_BUCKET, Key: "from" };
const entry = { source: `cos://${OTHER_BUCKET}/from`, key: "copy.bin" };

let rig: Rig;

beforeAll(async () => {
  rig = await openRig();
});
beforeEach(async () => {
  await rig.emulator.reset();
  const stored = { ContentType: "video/mp4", CacheControl: "max-age=5", ContentDisposition: "inline" };
  await rig.cos.putObject({
    ...SOURCE,
    Body: bytes,
    ...stored,
    Metadata: { "x-cos-meta-a": "b", "x-cos-meta-n": "文" },
  });
});
afterAll(() => rig.close());

async function copyInParts(asked: {
  source: string;
  key: string;
  headers?: Record<string, string>;
}): Promise<void> {
  const { context } = rig;
  const facts = await probeSource(context, asked);
  const plan = planLarge(facts, MIB);
  const upload = { entry: asked, facts, plan, uploadId: await initiateLarge(context, asked, facts) };
  const parts = await transferRange(context, { ...upload, from: 1, to: 2, known: [] });
  await completeLarge(context, { ...upload, parts });
}

const headersOf = async (Bucket: string, Key: string): Promise<Record<string, string>> => {
  const { headers } = await rig.cos.headObject({ Bucket, Key });
  const kept = /^(cache-control|content-(type|disposition)|x-cos-meta-)/;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => kept.test(name)));
};

describe("an object that is copied in parts", () => {
  it("has the headers of its source, as one that is copied at once", async () => {
    await copyInParts(entry);
    const shown = await headersOf(BUCKET, "copy.bin");
    expect(shown).toEqual(await headersOf(OTHER_BUCKET, "from"));
    expect(Object.keys(shown)).toHaveLength(5);
    const { region = "" } = rig.context;
    const CopySource = { Bucket: OTHER_BUCKET, Key: "from", Region: region };
    await rig.cos.copyObject({ Bucket: BUCKET, Key: "once", CopySource });
    expect(await headersOf(BUCKET, "once")).toEqual(shown);
  });

  it("has those of its entry alone, if it asks for some", async () => {
    await copyInParts({ ...entry, headers: { "cache-control": "no-store" } });
    expect(await headersOf(BUCKET, "copy.bin")).toEqual({
      "cache-control": "no-store",
      "content-type": "application/octet-stream",
    });
  });

  it("is another one while its headers are", async () => {
    const facts = await probeSource(rig.context, entry);
    await rig.cos.putObject({ Bucket: BUCKET, Key: "copy.bin", Body: bytes });
    expect(await findIdenticalLarge(rig.context, entry, facts)).toBeUndefined();
    await copyInParts(entry);
    expect(await findIdenticalLarge(rig.context, entry, facts)).toMatchObject({ sent: false });
  });

  it("is not begun with those of another version of its source", async () => {
    const facts = await probeSource(rig.context, entry);
    await rig.cos.putObject({ ...SOURCE, Body: bytesOf("other", bytes.length) });
    expect(await failure(initiateLarge(rig.context, entry, facts))).toMatchObject({ code: "source-changed" });
  });
});
