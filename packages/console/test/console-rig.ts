import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningEmulator, startEmulator } from "@cosup/emulator";
import type { Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { CHROMIUM_HOOK_MS, type Chromium, openChromium } from "../../../test/fixtures/chromium.ts";
import { pseudoRandomBytes } from "../../../test/fixtures/pseudo-random.ts";
import { type HeldParts, heldParts } from "../../browser/test/held-parts.ts";

export const BUCKET = "demo-1250000000";
const MiB = 1024 ** 2;
/** Above the 20 MiB that are one PUT: five parts of 5 MiB, the last one of five bytes. */
export const LARGE = pseudoRandomBytes(20 * MiB + 5, 11);
/** For the page and for a test with an upload: Playwright watches the network, which costs ten times what an upload does. */
export const SLOW_MS = 150_000;

/** An emulator, Chromium, and pages of the console. */
export interface ConsoleRig {
  readonly emulator: RunningEmulator;
  readonly chromium: Chromium;
  readonly parts: HeldParts;
  /** Paths of files on disk: a text of five bytes, and `LARGE`. */
  readonly small: string;
  readonly large: string;
  /** What pages wrote to their consoles as errors: blocked scripts, exceptions, failed requests. */
  readonly errors: string[];
  /** Opens the page at the address that the emulator gives, and then a view. */
  open(hash?: string): Promise<Page>;
}

/** One for all tests of a file. */
export function useConsole(): () => ConsoleRig {
  let rig: ConsoleRig | undefined;
  let stop = async (): Promise<void> => {};
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), "cosup-console-"));
    const [small, large] = [join(folder, "small.txt"), join(folder, "large.bin")];
    await writeFile(small, "hello");
    await writeFile(large, LARGE);
    const parts = heldParts();
    const emulator = await startEmulator({ faults: true, minPartSize: 1, middleware: [parts.middleware] });
    const chromium = await openChromium();
    const errors: string[] = [];
    const open = async (hash = ""): Promise<Page> => {
      const page = await chromium.context.newPage();
      page.setDefaultTimeout(SLOW_MS);
      page.on("pageerror", (error) => errors.push(error.message));
      page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
      await page.goto(`${emulator.consoleUrl}${hash}`);
      await page.locator("#status[data-state=live]").waitFor();
      return page;
    };
    rig = { emulator, chromium, parts, small, large, errors, open };
    stop = async () => {
      await chromium.stop();
      await emulator.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    };
  }, CHROMIUM_HOOK_MS);
  afterAll(() => stop(), CHROMIUM_HOOK_MS);
  return () => {
    if (rig === undefined) throw new Error("the rig has not started");
    return rig;
  };
}

/** Drops a file on the page, as from the desktop. */
export async function drop(page: Page, name: string, content: string): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([fileName, text]) => {
      const made = new DataTransfer();
      made.items.add(new File([text ?? ""], fileName ?? "", { type: "text/plain", lastModified: 1 }));
      return made;
    },
    [name, content],
  );
  for (const type of ["dragenter", "dragover", "drop"]) {
    await page.dispatchEvent("main", type, { dataTransfer: transfer });
  }
}

/** Chooses files with the button of the view of a bucket. */
export async function choose(page: Page, path: string): Promise<void> {
  await page.locator("input[type=file]").setInputFiles(path);
}
