import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM_HOOK_MS, hasChromium } from "../fixtures/chromium.ts";
import { type BrowserRig, openBrowserRig } from "./browser-rig.ts";

const readme = readFileSync(new URL("README.md", import.meta.url), "utf8");
const rows = (readme.split("## Methods of the SDK for browsers with a case\n")[1] ?? "")
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => ({
    methods: [...line.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? ""),
    file: /\((.*)\)/.exec(line)?.[1] ?? "",
  }));

/** Configurations of a bucket that the emulator does not have, and what is no request for an object. */
const WITHOUT =
  /Bucket(?:Policy|Tagging|Replication|Website|Referer|Domain|Origin|Logging|Inventory|Accelerate|Encryption)$/;
const NO_CASE = ["selectObjectContent", "emit"];

test.each(rows)("$methods has a case in $file", ({ methods, file }) => {
  const source = readFileSync(new URL(file, import.meta.url), "utf8");
  const titles = [...source.matchAll(/^ *test\("([\w, ]+):/gm)].flatMap(
    ([, names]) => names?.split(", ") ?? [],
  );
  for (const method of methods) expect(titles).toContain(method);
});

describe.skipIf(!hasChromium)("the page", () => {
  let rig: BrowserRig;
  beforeAll(async () => {
    rig = await openBrowserRig();
  }, CHROMIUM_HOOK_MS);
  afterAll(() => rig.stop());

  test("lists every method of the SDK for objects once", async () => {
    const methods = await rig.page.evaluate(() => {
      const own = Object.entries(cos).flatMap(([name, value]) => (typeof value === "function" ? [name] : []));
      return [...Object.getOwnPropertyNames(Object.getPrototypeOf(cos)), ...own];
    });
    // The SDK calls names in ACL and CORS deprecated.
    const expected = methods.filter(
      (name) =>
        !(name === "constructor" || name.startsWith("_") || /(ACL|CORS)$/.test(name)) &&
        !(WITHOUT.test(name) || NO_CASE.includes(name)),
    );
    expect(rows.flatMap((row) => row.methods).sort()).toEqual(expected.sort());
  });
});
