import { readFile } from "node:fs/promises";
import { startEmulator } from "@cosup/emulator";
import { createCos } from "@cosup/node";
import { beforeEach, describe, expect, test } from "vitest";
import { hasChromium, openChromium } from "../../../test/fixtures/chromium.ts";
import { BUCKET, choose, drop, useConsole } from "./console-rig.ts";

const MARKUP = "<img src=x onerror=document.title='run'>.txt";

describe.skipIf(!hasChromium)("the console in Chromium", () => {
  const rig = useConsole();
  const cos = () => createCos(rig().emulator.clientOptions);
  beforeEach(async () => {
    await rig().emulator.reset();
    rig().emulator.faults.remove("default");
    rig().errors.length = 0;
  });

  test("loads without a token in its address, and again after a reload", async () => {
    const page = await rig().open();
    const { controlToken, port } = rig().emulator;
    const address = `http://127.0.0.1:${port}/_cosup/console`;
    expect(page.url()).toBe(address);
    await page.getByRole("link", { name: BUCKET }).click();
    await page.getByText("No objects here").waitFor();
    await page.reload();
    await page.getByText("No objects here").waitFor();
    expect(page.url()).toBe(`${address}#/objects/${BUCKET}/`);
    // Objects that are web pages have the same origin: the token is where they cannot read it.
    const readable = await page.evaluate(() =>
      JSON.stringify([
        { ...localStorage },
        { ...sessionStorage },
        document.cookie,
        document.documentElement.outerHTML,
      ]),
    );
    expect(readable).not.toContain(controlToken);
    expect(rig().errors).toEqual([]);
    await page.close();
  });

  test("lists objects, and none of their names is markup", async () => {
    await cos().putObject({ Bucket: BUCKET, Key: MARKUP, Body: "hello" });
    await cos().putObject({ Bucket: BUCKET, Key: "dir/below.txt", Body: "x" });
    const page = await rig().open(`#/objects/${BUCKET}/`);
    const row = page.getByRole("row", { name: MARKUP });
    await row.waitFor();
    expect(await row.textContent()).toContain("5 B");
    await page.getByRole("link", { name: MARKUP }).click();
    await page.getByText("5 bytes").waitFor();
    await page.goBack();
    await page.getByRole("link", { name: "dir/" }).click();
    await page.getByRole("link", { name: "below.txt" }).waitFor();
    // What comes later is shown without a reload.
    await cos().putObject({ Bucket: BUCKET, Key: "dir/later.txt", Body: "x" });
    await page.getByRole("link", { name: "later.txt" }).waitFor();
    expect(await page.locator("img").count()).toBe(0);
    expect(rig().errors).toEqual([]);
    await page.close();
  });

  test("a file that is dropped goes up, into the folder that is shown", async () => {
    const page = await rig().open(`#/objects/${BUCKET}/${encodeURIComponent("dir/")}`);
    await drop(page, "dropped.txt", "from the desktop");
    await page.locator("#transfers [data-state=done]").waitFor();
    await page.getByRole("link", { name: "dropped.txt" }).waitFor();
    const { Body } = await cos().getObject({ Bucket: BUCKET, Key: "dir/dropped.txt" });
    expect(await new Response(Body as ReadableStream).text()).toBe("from the desktop");
    expect(rig().errors).toEqual([]);
    await page.close();
  });

  test("downloads what is stored, and does not leave the page", async () => {
    await cos().putObject({
      Bucket: BUCKET,
      Key: "page.html",
      Body: "<h1>hello</h1>",
      ContentType: "text/html",
    });
    const page = await rig().open(`#/objects/${BUCKET}/`);
    const downloading = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download page.html" }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe("page.html");
    expect(await readFile(await download.path(), "utf8")).toBe("<h1>hello</h1>");
    expect(page.url()).toContain("/_cosup/console#");
    await page.close();
  });

  test("shows every version, and downloads an old one", async () => {
    const Body = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    await cos().request({ Method: "PUT", Bucket: BUCKET, Query: { versioning: "" }, Body });
    await cos().putObject({ Bucket: BUCKET, Key: "v.txt", Body: "old" });
    await cos().putObject({ Bucket: BUCKET, Key: "v.txt", Body: "newer" });
    await cos().deleteObject({ Bucket: BUCKET, Key: "v.txt" });
    const page = await rig().open(`#/objects/${BUCKET}/`);
    await page.getByText("No objects here").waitFor();
    await page.getByRole("checkbox", { name: "All versions" }).check();
    await page.getByText("(delete marker)").waitFor();
    expect(await page.getByText("(old version)").count()).toBe(2);
    await page.getByRole("link", { name: "v.txt" }).first().click();
    await page.getByText("Its latest version is a delete marker.").waitFor();
    const old = page.getByRole("row", { name: "3 B" });
    const downloading = page.waitForEvent("download");
    await old.getByRole("button", { name: "Download v.txt" }).click();
    expect(await readFile(await (await downloading).path(), "utf8")).toBe("old");
    page.once("dialog", (dialog) => void dialog.accept());
    await old.getByRole("button", { name: /^Delete version/ }).click();
    await old.waitFor({ state: "detached" });
    expect(await page.getByRole("row", { name: "5 B" }).count()).toBe(1);
    await page.close();
  });

  test("shows requests as they come, and which of them had a fault", async () => {
    const page = await rig().open("#/requests");
    rig().emulator.faults.install("default", [
      { op: "PutObject", when: "before-headers", fault: { kind: "status", code: "SlowDown" } },
    ]);
    await cos().putObject({ Bucket: BUCKET, Key: "seen.txt", Body: "x" });
    await page.getByRole("row", { name: /200 PutObject .*seen\.txt/ }).waitFor();
    await page.getByRole("row", { name: /503 PutObject .*seen\.txt.* SlowDown\s*status/ }).waitFor();
    await page.getByRole("searchbox").fill("slowdown");
    await page.getByText("1 of").waitFor();
    expect(await page.locator("tbody tr").count()).toBe(1);
    await page.close();
  });

  test("deletes an object after a question", async () => {
    await cos().putObject({ Bucket: BUCKET, Key: "gone.txt", Body: "x" });
    const page = await rig().open(`#/object/${BUCKET}/gone.txt`);
    page.once("dialog", (dialog) => void dialog.dismiss());
    await page.getByRole("button", { name: "Delete gone.txt" }).click();
    expect((await cos().headObject({ Bucket: BUCKET, Key: "gone.txt" })).ContentLength).toBe(1);
    page.once("dialog", (dialog) => void dialog.accept());
    await page.getByRole("button", { name: "Delete gone.txt" }).click();
    await page.getByText("No objects here").waitFor();
    await page.close();
  });

  test("is refused without the token, and under a foreign name", async () => {
    const { port, controlToken } = rig().emulator;
    const fresh = await openChromium([`MAP rebound.example 127.0.0.1:${port}`]);
    const page = await fresh.context.newPage();
    const path = "/_cosup/console";
    const statusOf = async (address: string): Promise<number | undefined> =>
      (await page.goto(address))?.status();
    expect(await statusOf(`http://127.0.0.1:${port}${path}`)).toBe(403);
    expect(await statusOf(`http://127.0.0.1:${port}${path}?token=wrong`)).toBe(403);
    expect(await statusOf(`http://rebound.example${path}?token=${controlToken}`)).toBe(403);
    expect(await page.locator("body").textContent()).toContain("Host header");
    expect(await statusOf(`http://127.0.0.1:${port}${path}?token=${controlToken}`)).toBe(200);
    await fresh.stop();
  });

  test("a web page that is an object of the emulator gets no data", async () => {
    const Body = "<!doctype html><title>object</title>";
    await cos().putObject({
      Bucket: BUCKET,
      Key: "evil.html",
      Body,
      ContentType: "text/html",
      ACL: "public-read",
    });
    const opened = await rig().open();
    const page = await opened.context().newPage();
    await page.goto(`${rig().emulator.url}/${BUCKET}/evil.html`);
    const statuses = await page.evaluate(async () => {
      const paths = ["api/buckets", "api/sign", "api/faults/default"];
      const methods = ["GET", "POST", "PUT"];
      const asked = paths.map((path, at) =>
        fetch(`/_cosup/console/${path}`, { method: methods[at] ?? "GET" }),
      );
      return (await Promise.all(asked)).map(({ status }) => status);
    });
    expect(statuses).toEqual([403, 403, 403]);
    await page.close();
    await opened.close();
  });

  test("finds the emulator again after a restart, and says while it is gone", async () => {
    const { chromium } = rig();
    const options = { controlToken: "the-same-token" };
    const before = await startEmulator(options);
    const page = await chromium.context.newPage();
    await page.goto(`${before.consoleUrl}#/objects/${BUCKET}/`);
    await page.locator("#status[data-state=live]").waitFor();
    await before.close();
    await page.getByText("The emulator does not respond").waitFor();
    const after = await startEmulator({ ...options, port: before.port });
    await createCos(after.clientOptions).putObject({ Bucket: BUCKET, Key: "after.txt", Body: "x" });
    await page.getByRole("link", { name: "after.txt" }).waitFor();
    await after.close();
    const other = await startEmulator({ port: before.port });
    await page.getByText("Refused: open the address").waitFor();
    await page.close();
    await other.close();
  });

  test("works by keyboard alone", async () => {
    await cos().putObject({ Bucket: BUCKET, Key: "a.txt", Body: "x" });
    const page = await rig().open();
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to content");
    await page.getByRole("link", { name: BUCKET }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "a.txt" }).waitFor();
    // The keyboard goes on in the new view.
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("view");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Buckets");
    await page.getByRole("link", { name: "Skip to content" }).focus();
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => [document.activeElement?.id, location.hash])).toEqual([
      "view",
      `#/objects/${BUCKET}/`,
    ]);
    await page.getByRole("link", { name: "Faults" }).focus();
    await page.keyboard.press("Enter");
    const first = page.getByRole("switch").first();
    await first.focus();
    await page.keyboard.press("Space");
    await expect.poll(() => rig().emulator.faults.receipt("default")?.instructions.length).toBe(1);
    await page.locator("td strong").first().waitFor();
    // The focus stays although the list is made again.
    expect(await page.evaluate(() => document.activeElement?.getAttribute("role"))).toBe("switch");
    await page.keyboard.press("Space");
    await expect.poll(() => rig().emulator.faults.receipt("default")).toBeUndefined();
    await page.close();
  });

  test("the keyboard stays at a link of a list that a change makes again", async () => {
    await cos().putObject({ Bucket: BUCKET, Key: "b.txt", Body: "x" });
    const page = await rig().open(`#/objects/${BUCKET}/`);
    await page.getByRole("link", { name: "b.txt" }).focus();
    await cos().putObject({ Bucket: BUCKET, Key: "a.txt", Body: "x" });
    await page.getByRole("link", { name: "a.txt" }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("b.txt");
    await page.close();
  });

  const VIEWS = [
    ["#/buckets", "main table"],
    [`#/objects/${BUCKET}/`, "main .crumbs + .toolbar"],
    [`#/object/${BUCKET}/a.txt`, "main dl"],
    ["#/uploads", "main canvas"],
    ["#/requests", "main table.stacked"],
    ["#/faults", "main strong"],
  ] as const;
  test.each(VIEWS)("fits on a screen of 360 pixels: %s", async (view, shown) => {
    const long = "long-name-".repeat(20);
    await cos().putObject({ Bucket: BUCKET, Key: "a.txt", Body: "x" });
    await cos().putObject({ Bucket: BUCKET, Key: `${long}.txt`, Body: "x" });
    const { UploadId } = await cos().createMultipartUpload({ Bucket: BUCKET, Key: long });
    await cos().uploadPart({ Bucket: BUCKET, Key: long, UploadId, PartNumber: 1, Body: "x" });
    const page = await rig().open();
    await page.setViewportSize({ width: 360, height: 740 });
    rig().emulator.faults.install("default", [{ op: "HeadObject", when: "before-headers", fault: "deny" }]);
    await expect(cos().headObject({ Bucket: BUCKET, Key: long })).rejects.toThrow();
    // With the badges of the links.
    await page.locator("#faults-count:visible").waitFor();
    await page.locator("#uploads-count:visible").waitFor();
    await page.evaluate((hash) => location.assign(hash), view);
    await page.locator(shown).first().waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await page.close();
  });

  test("a small file can be chosen with the button", async () => {
    const page = await rig().open(`#/objects/${BUCKET}/`);
    await choose(page, rig().small);
    await page.locator("#transfers [data-state=done]").waitFor();
    expect((await cos().headObject({ Bucket: BUCKET, Key: "small.txt" })).ContentLength).toBe(5);
    await page.close();
  });
});
