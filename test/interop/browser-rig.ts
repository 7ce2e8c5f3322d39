import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { EmulatorOptions } from "@cosup/emulator";
import type COS from "cos-js-sdk-v5";
import type { Page } from "playwright-core";
import { openChromium } from "../fixtures/chromium.ts";
import { KEYS, openRig, type Rig } from "./official-client.ts";

/** The SDK, without the types of its own that contradict its documents. */
type Sdk = Omit<COS, "multipartList" | "sliceUploadFile"> & {
  multipartList(params: Partial<COS.MultipartListParams>): Promise<COS.MultipartListResult>;
  sliceUploadFile(params: COS.SliceUploadFileParams): Promise<COS.SliceUploadFileResult>;
};

// What a test calls inside the page: `page.evaluate` takes the source of a function, which sees these names.
declare global {
  var cos: Sdk;
  /** A file without a period near the part size. */
  var fileOf: (size: number, name?: string) => File;
  /** The SHA-256 of a Blob, in hexadecimal. */
  var sha256: (blob: Blob) => Promise<string>;
}

const PAGE = `<!doctype html><title>cos-js-sdk-v5</title><script src="/cos-js-sdk-v5.js"></script><script>
  const { secretId, secretKey } = ${JSON.stringify(KEYS)};
  globalThis.cos = new COS({ SecretId: secretId, SecretKey: secretKey, ProgressInterval: 0 });
  globalThis.fileOf = (size, name = "file.bin") => {
    const words = new Uint32Array(Math.ceil(size / 4)).map((_, index) => Math.imul(index, 2654435761));
    return new File([new Uint8Array(words.buffer, 0, size)], name);
  };
  globalThis.sha256 = async (blob) => {
    const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  };
</script>`;

/** The emulator, and a page of another origin with the unpatched SDK in a headless Chromium. */
export interface BrowserRig extends Rig {
  readonly page: Page;
  /** The origin of the page. */
  readonly origin: string;
}

export async function openBrowserRig(options: Partial<EmulatorOptions> = {}): Promise<BrowserRig> {
  const rig = await openRig(options);
  const pages = await servePages();
  // The SDK keeps the real names of buckets.
  const browser = await openChromium([`MAP *.myqcloud.com 127.0.0.1:${rig.port}`]);
  const page = await browser.context.newPage();
  await page.goto(pages.origin);
  return {
    ...rig,
    page,
    origin: pages.origin,
    async stop() {
      await browser.stop();
      await pages.close();
      await rig.stop();
    },
  };
}

/** Serves the page and the SDK's own bundle, and an empty page for redirects. */
async function servePages(): Promise<{ origin: string; close: () => Promise<void> }> {
  const bundle = fileURLToPath(import.meta.resolve("cos-js-sdk-v5/dist/cos-js-sdk-v5.min.js"));
  const sdk = await readFile(bundle);
  const server = createServer((request, response) => {
    const isSdk = request.url === "/cos-js-sdk-v5.js";
    response.setHeader("content-type", isSdk ? "text/javascript" : "text/html; charset=utf-8");
    response.end(isSdk ? sdk : PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
