import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createCos } from "@cosup/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM_HOOK_MS, hasChromium } from "../../../test/fixtures/chromium.ts";
import { type BrowserRig, Bucket, LONG_TERM, openBrowserRig } from "./browser-rig.ts";

/** The elements of the rule, as the table of the README has them. */
async function documented(): Promise<(row: string) => string[]> {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  return (row) => (new RegExp(`^\\| ${row} +\\| ([^|]+?) *\\|$`, "m").exec(readme)?.[1] ?? "").split(", ");
}

async function configurationOf(origin: string): Promise<string> {
  const row = await documented();
  const elements = [
    ["AllowedOrigin", [origin]],
    ["AllowedMethod", row("AllowedMethod")],
    ["AllowedHeader", ["*"]],
    ["ExposeHeader", row("ExposeHeader")],
  ] as const;
  const xml = elements.flatMap(([name, values]) => values.map((value) => `<${name}>${value}</${name}>`));
  return `<CORSConfiguration><CORSRule>${xml.join("")}</CORSRule></CORSConfiguration>`;
}

describe.skipIf(!hasChromium)("the CORS rule of the README", () => {
  let rig: BrowserRig;
  beforeAll(async () => {
    rig = await openBrowserRig();
  }, CHROMIUM_HOOK_MS);
  afterAll(() => rig?.stop(), CHROMIUM_HOOK_MS);

  test("shows a page all that it needs", async () => {
    const node = createCos({ Region: "ap-guangzhou", Endpoint: rig.Endpoint, ...LONG_TERM });
    const body = await configurationOf(rig.server.origin);
    const md5 = { "content-md5": createHash("md5").update(body).digest("base64") };
    const { url, headers } = await node.sign({ Method: "PUT", Bucket, Query: { cors: "" }, Headers: md5 });
    const stored = await fetch(url, { method: "PUT", body, headers: { ...headers, ...md5 } });
    expect(stored.status).toBe(200);

    const page = await rig.openTab();
    const call = { Endpoint: rig.Endpoint, Bucket, Key: "each" };
    expect(await page.evaluate((of) => tab.callEach(of), call)).toEqual({
      warnings: [],
      put: 5,
      append: 5,
      again: 10,
      head: [10, true],
      missing: "not-found",
      read: "hello",
      copy: 5,
      parts: 3,
      remove: true,
    });
    await page.close();
  });
});
