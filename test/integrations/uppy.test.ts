import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasCommand } from "../../scripts/system-packages.mjs";
import { crc64 } from "../contract/reference/crc64.ts";
import { Bucket, type IntegrationRig, openIntegrationRig } from "./rig.ts";
import { fetchListener, serve } from "./servers.ts";

const CHROMIUM = "/usr/bin/chromium";
const EXAMPLE = fileURLToPath(new URL("../../examples/integrations/", import.meta.url));

const HTML = '<!doctype html><script type="module" src="/page.js"></script>';

/** The part of Uppy that the test uses in the page. */
interface Uppy {
  addFile(file: { name: string; data: Blob }): string;
  upload(): Promise<{ successful?: { response?: { body?: unknown } }[]; failed?: { error?: string }[] }>;
}

describe.runIf(hasCommand(CHROMIUM))("Uppy with presigned URLs", () => {
  let rig: IntegrationRig;
  let server: Awaited<ReturnType<typeof serve>>;
  let browser: Browser;
  let page: Page;
  let home: string;

  beforeAll(async () => {
    rig = await openIntegrationRig();
    const script = await bundlePage();
    // The path is not a literal, because the packages of the examples are installed only when their tests run.
    const { app } = await import(`${EXAMPLE}uppy-server.ts`);
    app.get("/page.js", () => new Response(script, { headers: { "content-type": "text/javascript" } }));
    app.get("/", () => new Response(HTML, { headers: { "content-type": "text/html" } }));
    server = await serve(await fetchListener(app.fetch));
    home = await mkdtemp(join(tmpdir(), "cosup-uppy-"));
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      env: { PATH: process.env.PATH ?? "", HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
      args: ["--no-sandbox", "--disable-gpu", "--no-proxy-server", "--disable-background-networking"],
    });
    page = await browser.newPage();
    await page.goto(server.origin);
    // A browser starts slowly on a busy machine.
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await rig.close();
    await rm(home, { recursive: true, force: true, maxRetries: 10 });
  });

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
