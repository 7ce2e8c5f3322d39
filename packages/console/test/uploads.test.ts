import { createCos } from "@cosup/node";
import type { Page } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import { hasChromium } from "../../../test/fixtures/chromium.ts";
import { crc64Of } from "../../../test/fixtures/crc64.ts";
import { BUCKET, choose, LARGE, SLOW_MS, useConsole } from "./console-rig.ts";

describe.skipIf(!hasChromium)("uploads of the console in Chromium", { timeout: 2 * SLOW_MS }, () => {
  const rig = useConsole();
  const cos = () => createCos(rig().emulator.clientOptions);
  beforeEach(async () => {
    await rig().emulator.reset();
    rig().emulator.faults.remove("default");
    rig().parts.stored.length = 0;
    rig().parts.heldFrom = Number.POSITIVE_INFINITY;
    rig().errors.length = 0;
  });
  const transfer = (page: Page, state: string) => page.locator(`#transfers [data-state=${state}]`);
  const storedCrc64 = async (Key: string) =>
    (await cos().headObject({ Bucket: BUCKET, Key })).headers["x-cos-hash-crc64ecma"];

  /** Chooses the large file, which goes up in parts of 5 MiB. */
  async function chooseLarge(page: Page): Promise<void> {
    await page.getByRole("combobox", { name: "Size of a part" }).selectOption("5");
    await choose(page, rig().large);
  }

  /** Begins an upload of which only the first part passes. */
  async function interrupted(): Promise<Page> {
    rig().parts.heldFrom = 2;
    const page = await rig().open(`#/objects/${BUCKET}/`);
    await chooseLarge(page);
    await page.getByText(/5\.0 MiB of 20\.0 MiB/).waitFor();
    return page;
  }

  /** Waits until the upload has ended, and tries again while it fails: the lock of a page is released soon after its end. */
  async function ended(page: Page, again: () => Promise<void>): Promise<void> {
    await expect
      .poll(
        async () => {
          await again();
          await page.locator("#transfers [data-state=done], #transfers [data-state=failed]").waitFor();
          return transfer(page, "done").count();
        },
        { timeout: SLOW_MS },
      )
      .toBe(1);
    await expectResumed(page);
  }

  async function expectResumed(page: Page): Promise<void> {
    expect(rig().parts.stored.sort()).toEqual([1, 2, 3, 4, 5]);
    expect(await transfer(page, "done").textContent()).toContain("1 parts were there");
    expect(await storedCrc64("large.bin")).toBe(await crc64Of([LARGE]));
  }

  test("stop leaves the upload, and resume sends only the rest", async () => {
    const page = await interrupted();
    await page.getByRole("button", { name: "Stop large.bin" }).click();
    await transfer(page, "stopped").waitFor();
    // The button that was pressed is gone; the keyboard is at the one in its place.
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Resume");
    expect(rig().parts.stored).toEqual([1]);
    rig().parts.heldFrom = Number.POSITIVE_INFINITY;
    await page.getByRole("button", { name: "Resume large.bin" }).press("Enter");
    await page.locator("#transfers [data-state=done], #transfers [data-state=failed]").waitFor();
    await expectResumed(page);
    await page.close();
  });

  test("after a reload, the same file goes on", async () => {
    const page = await interrupted();
    await page.reload();
    await page.locator("#status[data-state=live]").waitFor();
    rig().parts.heldFrom = Number.POSITIVE_INFINITY;
    await ended(page, () => chooseLarge(page));
    await page.close();
  });

  test("the map shows parts that are stored and parts that arrive, of any client", async () => {
    const { UploadId } = await cos().createMultipartUpload({ Bucket: BUCKET, Key: "theirs" });
    for (const PartNumber of [1, 2, 4]) {
      await cos().uploadPart({ Bucket: BUCKET, Key: "theirs", UploadId, PartNumber, Body: "x" });
    }
    const page = await rig().open("#/uploads");
    const map = page.getByRole("img", { name: "the highest number is 4, 3 are stored, 0 retries" });
    await map.waitFor();
    await cos().uploadPart({ Bucket: BUCKET, Key: "theirs", UploadId, PartNumber: 3, Body: "x" });
    await page.getByRole("img", { name: "the highest number is 4, 4 are stored, 0 retries" }).waitFor();
    rig().parts.heldFrom = 5;
    const waiting = cos()
      .uploadPart({ Bucket: BUCKET, Key: "theirs", UploadId, PartNumber: 5, Body: "held" })
      .catch(() => {});
    await page.getByText("UploadPart part 5 theirs").waitFor();
    page.once("dialog", (dialog) => void dialog.accept());
    await page.getByRole("button", { name: "Abort the upload of theirs" }).click();
    await page.getByText("No upload in parts is unfinished").waitFor();
    expect(rig().emulator.requests().at(-1)).toMatchObject({
      operation: "AbortMultipartUpload",
      status: 204,
    });
    await page.close();
    await rig().emulator.reset();
    void waiting;
  });

  test("faults that are switched on hit an upload, which retries and succeeds", async () => {
    const page = await rig().open("#/faults");
    const breaks = page.getByRole("switch", { name: /The connection of a part breaks/ });
    const changes = page.getByRole("switch", { name: /A byte of a part changes/ });
    const both = [await breaks.elementHandle(), await changes.elementHandle()];
    // So fast that the second is pressed before the first has arrived.
    await page.evaluate((switches) => {
      for (const each of switches) (each as HTMLElement).click();
    }, both);
    await expect.poll(() => rig().emulator.faults.receipt("default")?.instructions.length).toBe(2);
    await page.getByRole("link", { name: "Buckets", exact: true }).click();
    await page.getByRole("link", { name: BUCKET }).click();
    await chooseLarge(page);
    await transfer(page, "done").waitFor();
    expect(await transfer(page, "done").textContent()).toMatch(/verified.*[1-9]\d* retries/);
    rig().emulator.faults.expectAllFired("default");
    expect(await storedCrc64("large.bin")).toBe(await crc64Of([LARGE]));
    await page.getByRole("link", { name: "Faults" }).click();
    await breaks.uncheck();
    await changes.uncheck();
    await expect.poll(() => rig().emulator.faults.receipt("default")).toBeUndefined();
    await page.close();
  });

  test("a script of one's own is installed, and a wrong one is explained", async () => {
    const page = await rig().open("#/faults");
    await page.getByText("A script of your own").click();
    const script = page.getByRole("textbox", { name: "Fault script, JSON" });
    await script.fill('[{"op":"PutObject","when":"before-headers","fault":"reset"}]');
    await page.getByRole("button", { name: "Install" }).click();
    await page.getByRole("switch", { name: /PutObject/ }).waitFor();
    expect(rig().emulator.faults.receipt("default")?.instructions).toHaveLength(1);
    await script.fill('[{"op":"Nothing","when":"before-headers","fault":"reset"}]');
    await page.getByRole("button", { name: "Install" }).click();
    await page.getByRole("alert").filter({ hasText: /op/ }).waitFor();
    expect(rig().emulator.faults.receipt("default")?.instructions).toHaveLength(1);
    await page.close();
  });

  test("a refusal of COS is shown with its reason, and the upload can be tried again", async () => {
    const page = await rig().open(`#/objects/${BUCKET}/`);
    rig().emulator.faults.install("default", [
      {
        op: "PutObject",
        when: "before-headers",
        fault: { kind: "status", code: "AccessDenied", status: 403 },
      },
    ]);
    await choose(page, rig().small);
    await transfer(page, "failed").waitFor();
    expect(await transfer(page, "failed").textContent()).toContain("AccessDenied");
    await page.getByRole("button", { name: "Resume small.txt" }).click();
    await transfer(page, "done").waitFor();
    await page.close();
  });
});
