import { createCos } from "@cosup/node";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CHROMIUM_HOOK_MS, hasChromium } from "../../../test/fixtures/chromium.ts";
import { crc64Of } from "../../../test/fixtures/crc64.ts";
import {
  type BrowserRig,
  Bucket,
  CONTENT,
  LONG_TERM,
  openBrowserRig,
  PART,
  TEMPORARY,
} from "./browser-rig.ts";

describe.skipIf(!hasChromium)("in Chromium", () => {
  let rig: BrowserRig;
  let crc64: string;
  beforeAll(async () => {
    rig = await openBrowserRig();
    crc64 = await crc64Of([CONTENT]);
  }, CHROMIUM_HOOK_MS);
  afterAll(() => rig?.stop(), CHROMIUM_HOOK_MS);
  beforeEach(() => {
    rig.parts.heldFrom = Number.POSITIVE_INFINITY;
    rig.parts.stored = [];
    rig.server.sent.length = 0;
  });

  const callOf = (Key: string, signed = false) => ({ Endpoint: rig.Endpoint, Bucket, Key, signed });
  const begin = (page: Page, Key: string, signed = false) =>
    page.evaluate((call) => tab.begin(call), callOf(Key, signed));
  const outcome = (page: Page) => page.evaluate(() => tab.outcome());
  const records = (page: Page, Key: string) => page.evaluate((of) => tab.records(of), Key);
  const unlocked = (page: Page) => page.evaluate(() => tab.unlocked());
  /** The checksum of what COS has. */
  const storedCrc64 = async (Key: string) => {
    const node = createCos({ Region: "ap-guangzhou", Endpoint: rig.Endpoint, ...LONG_TERM });
    const { headers } = await node.headObject({ Bucket, Key });
    return headers["x-cos-hash-crc64ecma"];
  };

  /** Begins an upload of which only the first two parts pass, and waits until they are recorded. */
  async function interrupted(Key: string): Promise<Page> {
    rig.parts.heldFrom = 3;
    const page = await rig.openTab();
    await begin(page, Key);
    await page.evaluate((bytes) => tab.done(bytes), 2 * PART);
    expect(rig.parts.stored.sort()).toEqual([1, 2]);
    expect(await records(page, Key)).toHaveLength(1);
    rig.parts.stored = [];
    return page;
  }

  const ENDS: readonly [how: string, end: (page: Page) => Promise<Page>][] = [
    [
      "a reload",
      async (page) => {
        await page.reload();
        await rig.choose(page);
        return page;
      },
    ],
    [
      "a closed tab",
      async (page) => {
        await page.close();
        return rig.openTab();
      },
    ],
  ];

  test.each(ENDS)("after %s, the same call with the same file sends only the rest", async (how, end) => {
    const Key = `resumed/${how}`;
    const page = await end(await interrupted(Key));
    await unlocked(page);
    rig.parts.heldFrom = Number.POSITIVE_INFINITY;
    await begin(page, Key);
    expect(await outcome(page)).toEqual({ crc64, partsSent: 4, partsResumed: 2 });
    expect(rig.parts.stored.sort()).toEqual([3, 4, 5, 6]);
    expect(await storedCrc64(Key)).toBe(crc64);
    expect(await records(page, Key)).toEqual([]);
    await page.close();
  });

  test("a second tab cannot upload the same, until the first one ends", async () => {
    const Key = "locked";
    const first = await interrupted(Key);
    const second = await rig.openTab();
    await begin(second, Key);
    expect(await outcome(second)).toMatchObject({ code: "checkpoint-locked" });
    expect(rig.parts.stored).toEqual([]);
    // Another object is not locked.
    rig.parts.heldFrom = Number.POSITIVE_INFINITY;
    await begin(second, "not locked");
    expect(await outcome(second)).toEqual({ crc64, partsSent: 6, partsResumed: 0 });
    await first.close();
    await unlocked(second);
    await begin(second, Key);
    expect(await outcome(second)).toEqual({ crc64, partsSent: 4, partsResumed: 2 });
    expect(await storedCrc64(Key)).toBe(crc64);
    expect(await records(second, Key)).toEqual([]);
    await second.close();
  });

  test.each(["dedicated", "shared", "service"] as const)("a %s worker goes on with it", async (kind) => {
    const Key = `worker/${kind}`;
    const page = await interrupted(Key);
    // The worker and the page have one lock.
    const inWorker = () =>
      page.evaluate(([kind, call]) => tab.inWorker(kind, call), [kind, callOf(Key)] as const);
    expect(await inWorker()).toMatchObject({ code: "checkpoint-locked" });
    await page.reload();
    await rig.choose(page);
    await unlocked(page);
    rig.parts.heldFrom = Number.POSITIVE_INFINITY;
    expect(await inWorker()).toEqual({ crc64, partsSent: 4, partsResumed: 2 });
    expect(await storedCrc64(Key)).toBe(crc64);
    expect(await records(page, Key)).toEqual([]);
    await page.close();
  });

  test.each([
    ["a long-term key", LONG_TERM],
    ["temporary keys", TEMPORARY],
  ])("a server signs with %s, and no key reaches the page", async (how, keys) => {
    rig.server.signer = createCos({ Region: "ap-guangzhou", Endpoint: rig.Endpoint, ...keys });
    const Key = `signed/by ${how} 签名`;
    const page = await rig.openTab();
    await begin(page, Key, true);
    expect(await outcome(page)).toEqual({ crc64, partsSent: 6, partsResumed: 0 });
    expect(await storedCrc64(Key)).toBe(crc64);
    const { sent } = rig.server;
    // One for each request: begin, six parts, complete.
    expect(sent.filter(({ path }) => path === "/sign").length).toBeGreaterThanOrEqual(8);
    expect(sent.filter(({ body }) => body.includes(keys.SecretKey))).toEqual([]);
    await begin(page, `else/${how}`, true);
    expect(await outcome(page)).toMatchObject({ message: "my server refused: 403" });
    expect(await records(page, Key)).toEqual([]);
    await page.close();
  });
});
