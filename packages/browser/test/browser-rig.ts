import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "@cosup/emulator";
import type { Page } from "playwright-core";
import { openChromium } from "../../../test/fixtures/chromium.ts";
import { pseudoRandomBytes } from "../../../test/fixtures/pseudo-random.ts";
import { heldParts } from "./held-parts.ts";
import type { Tab } from "./page.ts";
import { servePage } from "./page-server.ts";

export const Bucket = "pages-1250000000";
export const LONG_TERM = { SecretId: "AKIDlongterm", SecretKey: "long-term-secret" };
export const TEMPORARY = { SecretId: "AKIDtemporary", SecretKey: "temporary-secret", Token: "session-token" };
/** Bytes of a part. */
export const PART = 1024 ** 2;
/** Six parts, the last one shorter. */
export const CONTENT = pseudoRandomBytes(5 * PART + 300_001, 7);

// What a test calls inside the page: `page.evaluate` takes the source of a function, which sees this name.
declare global {
  var tab: Tab;
}

/** The emulator, the server of a page of another origin, a file on disk, and Chromium. */
export type BrowserRig = Awaited<ReturnType<typeof openBrowserRig>>;

// The types are inferred: each member is used by tests only.
export async function openBrowserRig() {
  const folder = await mkdtemp(join(tmpdir(), "cosup-browser-"));
  const path = join(folder, "file.bin");
  await writeFile(path, CONTENT);
  const parts = heldParts();
  const credentials = [LONG_TERM, TEMPORARY].map(({ SecretId, SecretKey, ...rest }) => ({
    secretId: SecretId,
    secretKey: SecretKey,
    ...("Token" in rest && { token: rest.Token as string }),
  }));
  const emulator = await startEmulator({
    data: join(folder, "cos"),
    buckets: [Bucket],
    credentials,
    cors: true,
    middleware: [parts.middleware],
  });
  const server = await servePage(TEMPORARY);
  const browser = await openChromium();
  return {
    parts,
    server,
    Endpoint: `${emulator.url}/{Bucket}`,
    /** A new tab, in which the file is chosen. */
    async openTab(): Promise<Page> {
      const page = await browser.context.newPage();
      await page.goto(server.origin);
      await choose(page);
      return page;
    },
    /** Chooses the file again, as a user does after a reload. */
    choose,
    async stop(): Promise<void> {
      await browser.stop();
      await server.close();
      await emulator.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };

  async function choose(page: Page): Promise<void> {
    await page.locator("input").setInputFiles(path);
  }
}
