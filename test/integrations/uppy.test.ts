import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crc64 } from "../contract/reference/crc64.ts";
import { CHROMIUM_HOOK_MS, type Chromium, hasChromium, openChromium } from "../fixtures/chromium.ts";
import { Bucket, type IntegrationRig, openIntegrationRig } from "./rig.ts";
import { fetchListener, serve } from "./servers.ts";

const EXAMPLE = fileURLToPath(new URL("../../examples/integrations/", import.meta.url));

const HTML = '<!doctype html><script type="module" src="/page.js"></script>';

/** The part of Uppy that the test uses in the page. */
interface Uppy {
  addFile(file: { name: string; data: Blob }): string;
  upload(): Promise<{ successful?: { response?: { body?: unknown } }[]; failed?: { error?: string }[] }>;
}

describe.runIf(hasChromium)("Uppy with presigned URLs", () => {
  let rig: IntegrationRig;
  let server: Awaited<ReturnType<typeof serve>>;
  let browser: Chromium;
  let page: Page;

  beforeAll(async () => {
    rig = await openIntegrationRig();
    const script = await bundlePage();
    // The path is not a literal, because the packages of the examples are installed only when their tests run.
    const { app } = await import(`${EXAMPLE}uppy-server.ts`);
    app.get("/page.js", () => new Response(script, { headers: { "content-type": "text/javascript" } }));
    app.get("/", () => new Response(HTML, { headers: { "content-type": "text/html" } }));
    server = await serve(await fetchListener(app.fetch));
    browser = await openChromium();
    page = await browser.context.newPage();
    await page.goto(server.origin);
  }, CHROMIUM_HOOK_MS);
  afterAll(async () => {
    await browser?.stop();
    await server?.close();
    await rig.close();
  }, CHROMIUM_HOOK_MS);

  /** Uploads a file of equal bytes in the page. @returns what Uppy reports */
  const upload = (size: number) =>
    page.evaluate(async (bytes) => {
      const { uppy } = globalThis as unknown as { uppy: Uppy };
      uppy.addFile({ name: `photo-${bytes}.png`, data: new Blob([new Uint8Array(bytes).fill(7)]) });
      const { successful = [], failed = [] } = await uppy.upload();
      return { done: successful.map(({ response }) => response?.body), failed };
    }, size);

  it.each([
    ["one PUT", 100_000, undefined],
    ["parts", 21 * 1024 ** 2, "CompleteMultipartUpload"],
  ])("uploads by %s", async (_how, size, operation) => {
    const seen = operation === undefined ? undefined : rig.next(operation);
    const { done, failed } = await upload(size);
    await seen;
    expect(failed).toEqual([]);
    const [{ key } = { key: "" }] = done as { key: string }[];
    expect(key).toMatch(/^uploads\/[0-9a-f-]{36}\.png$/);
    expect(await rig.crc64Of(key)).toBe(crc64(new Uint8Array(size).fill(7)));
  });

  it("signs nothing for keys that it did not choose", async () => {
    await rig.cos.putObject({ Bucket, Key: "secret.txt", Body: "x" });
    const ask = (body: object) =>
      fetch(`${server.origin}/sign`, { method: "POST", body: JSON.stringify(body) });
    for (const asked of [
      { method: "GET", key: "secret.txt" },
      { method: "DELETE", key: "uploads/../secret.txt", uploadId: "x" },
      { method: "GET", key: "uploads/123e4567-e89b-12d3-a456-426614174000.png" },
    ])
      expect((await ask(asked)).status).toBe(403);
  });
});

/** The page's module with Uppy in it; `uppy` becomes global. */
async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: 'import { uppy } from "./uppy-page.ts"; globalThis.uppy = uppy;',
      resolveDir: EXAMPLE,
    },
    bundle: true,
    format: "esm",
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}
