import * as fs from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import document from "../document.json" with { type: "json" };
import { runColumn } from "./call-rows.ts";
import { effectOf, prepareKey } from "./effect.ts";
import { runBlock } from "./evaluate.ts";
import { callRows, codeBlocks, codeWords, readPage } from "./pages.ts";
import { type MigrationRig, openMigrationRig, PLACE } from "./rig.ts";

const page = readPage("cos-python-sdk-v5.md");
const rows = callRows(page, "cos-python-sdk-v5");

let rig: MigrationRig;
beforeAll(async () => {
  rig = await openMigrationRig();
});
afterAll(() => rig.close());

describe("docs/migration/cos-python-sdk-v5.md", () => {
  for (const [index, { theirs, ours }] of rows.entries())
    it(theirs, async () => {
      const { effect } = await runColumn(rig, ours, `row-${index}`, { cos: rig.cos });
      // Only a call that deletes leaves no object, and only an upload in parts by hand touches the prepared one.
      if (/delete/.test(ours)) expect(effect.object).toBeUndefined();
      else expect(effect.object).toMatch(/^\d+ \d+$/);
      if (!/[mM]ultipart/.test(ours)) expect(effect.uploads).toEqual([1]);
    });

  it.each(codeBlocks(page, "js"))("the block in line $line", async ({ line, code }) => {
    const Key = `block-${line}/`;
    const prepared = await prepareKey(rig, Key, code);
    const modules = { "@cosup/node": rig.ours, "node:fs/promises": fs };
    const lines: unknown[][] = [];
    const console = { log: (...values: unknown[]) => lines.push(values) };
    const folder = `${String(rig.scope.folder)}-${line}`;
    await runBlock(code, { ...rig.scope, ...prepared, folder, console, cos: rig.cos }, modules);
    const { crc64 } = await rig.cos.headObject({ Bucket: PLACE.Bucket, Key });
    if (/uploadDirectory/.test(code)) {
      expect(lines).toEqual([[1, []]]);
      expect((await effectOf(rig, `${Key}index.html`)).object).toMatch(/^14 /);
    } else expect(lines[0]?.[1]).toBe(crc64);
  });

  it("has every method of the document", () => {
    const words = codeWords(page);
    const names = Object.keys(document.methods);
    expect(names.length).toBe(12);
    expect(names.filter((name) => !words.has(name))).toEqual([]);
    expect(document.config.filter((name) => !words.has(name))).toEqual([]);
  });
});
