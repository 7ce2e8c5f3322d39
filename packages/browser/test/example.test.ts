import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "@cosup/emulator";
import { createCos } from "@cosup/node";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  CHROMIUM_HOOK_MS,
  type Chromium,
  hasChromium,
  openChromium,
} from "../../../test/fixtures/chromium.ts";
import { crc64Of } from "../../../test/fixtures/crc64.ts";
import { pseudoRandomBytes } from "../../../test/fixtures/pseudo-random.ts";
import { heldParts } from "./held-parts.ts";

// Not a literal, because the example is JavaScript without types.
const EXAMPLE = new URL("../../../examples/browser/server.mjs", import.meta.url).href;
const { mayUpload, startServer } = await import(EXAMPLE);

const Bucket = "pages-1250000000";
const KEYS = { SecretId: "AKIDexample", SecretKey: "example-secret" };
/** Four parts: of 8 MiB, the last one shorter. */
const CONTENT = pseudoRandomBytes(26_000_000, 5);

describe("examples/browser", () => {
  it.each([
    ["PUT", "uploads/a", { partNumber: "1", uploadId: "x" }, true],
    ["POST", "uploads/a", { uploads: "" }, true],
    ["HEAD", "uploads/a", {}, true],
    ["GET", "uploads/a", { uploadId: "x" }, true],
    ["GET", "uploads/a", {}, false],
    ["DELETE", "uploads/a", {}, false],
    ["PUT", "uploads/a", { acl: "" }, false],
    ["PUT", "other/a", {}, false],
    ["GET", undefined, { uploads: "" }, false],
  ])("signs %s of %s with %j: %s", (Method, Key, Query, allowed) => {
    expect(mayUpload({ Method, Bucket, Key, Query }, Bucket)).toBe(allowed);
    expect(mayUpload({ Method, Bucket: "other-1250000000", Key, Query }, Bucket)).toBe(false);
  });
});

describe.skipIf(!hasChromium)("examples/browser in Chromium", () => {
  const parts = heldParts();
  let folder: string;
  let emulator: Awaited<ReturnType<typeof startEmulator>>;
  let server: Server;
  let browser: Chromium;
  let page: Page;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cosup-example-"));
    await writeFile(join(folder, "file.bin"), CONTENT);
    emulator = await startEmulator({
      data: join(folder, "cos"),
      buckets: [Bucket],
      credentials: [{ secretId: KEYS.SecretId, secretKey: KEYS.SecretKey }],
      cors: true,
      middleware: [parts.middleware],
    });
    const client = { Region: "ap-guangzhou", Endpoint: `${emulator.url}/{Bucket}` };
    server = await startServer({ client, Bucket, ...KEYS }, 0);
    browser = await openChromium();
    page = await browser.context.newPage();
  }, CHROMIUM_HOOK_MS);
  afterAll(async () => {
    await browser?.stop();
    server?.closeAllConnections();
    server?.close();
    await emulator?.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  }, CHROMIUM_HOOK_MS);

  const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const status = (text: RegExp) => page.locator("#status", { hasText: text }).waitFor({ timeout: 0 });
  const upload = async () => {
    await page.locator("#input").setInputFiles(join(folder, "file.bin"));
    await page.locator("#start").click();
  };

  it("pauses, and goes on after a reload with the parts that are missing", async () => {
    parts.heldFrom = 3;
    await page.goto(address());
    await upload();
    await status(/^16\.8 MB of 26\.0 MB stored/);
    await page.locator("#pause").click();
    await status(/^Paused/);
    expect(parts.stored.sort()).toEqual([1, 2]);
    parts.heldFrom = Number.POSITIVE_INFINITY;
    await page.reload();
    await upload();
    const crc64 = await crc64Of([CONTENT]);
    await status(new RegExp(`^Stored and verified: CRC64 ${crc64}. 2 parts were there already.$`));
    expect(parts.stored.sort()).toEqual([1, 2, 3, 4]);
    const node = createCos({ Region: "ap-guangzhou", Endpoint: `${emulator.url}/{Bucket}`, ...KEYS });
    expect((await node.headObject({ Bucket, Key: "uploads/file.bin" })).crc64).toBe(crc64);
    await node.close();
  }, 600_000);
});
