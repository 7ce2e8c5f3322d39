import COS from "cos-nodejs-sdk-v5";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareColumns } from "./call-rows.ts";
import { effectOf, prepareKey } from "./effect.ts";
import { runBlock } from "./evaluate.ts";
import { callRows, codeBlocks, codeWords, readPage } from "./pages.ts";
import { type MigrationRig, openMigrationRig } from "./rig.ts";

const page = readPage("cos-nodejs-sdk-v5.md");
const rows = callRows(page, "cos-nodejs-sdk-v5");
const blocks = codeBlocks(page, "js");

let rig: MigrationRig;
beforeAll(async () => {
  rig = await openMigrationRig();
});
afterAll(() => rig.close());

describe("docs/migration/cos-nodejs-sdk-v5.md", () => {
  for (const [index, row] of rows.entries())
    it(row.theirs, () => compareColumns(rig, row, `row-${index}`, { cos: rig.official }));

  it.each(blocks)("the block in line $line", async ({ line, code }) => {
    const prepared = await prepareKey(rig, `block-${line}`, code);
    const modules = { "cos-nodejs-sdk-v5": { default: rig.OfficialCOS }, "@cosup/node": rig.ours };
    await runBlock(code, { ...rig.scope, ...prepared, cos: rig.cos }, modules);
    const { object, uploads } = await effectOf(rig, `block-${line}`);
    // The first loop aborts, every other block uploads the file.
    if (/abortUploadTask/.test(code)) expect(uploads).toEqual([]);
    else expect(object).toMatch(/^22020101 \d+$/);
  });

  it("has every method of the SDK", () => {
    const words = codeWords(page);
    const missing = methodsOf(new COS({ SecretId: "id", SecretKey: "key" })).filter((name) => {
      const configuration = /(?:put|get|delete|list)(Bucket.+)/.exec(name)?.[1];
      return !words.has(name) && !words.has(`…${configuration}`);
    });
    expect(missing).toEqual([]);
  });

  it("has every option of the SDK", () => {
    const { options } = new COS({ SecretId: "id", SecretKey: "key" }) as unknown as {
      readonly options: object;
    };
    const words = codeWords(page);
    expect(Object.keys(options).length).toBeGreaterThan(35);
    expect(Object.keys(options).filter((name) => !words.has(name))).toEqual([]);
  });
});

/** The names of all methods, without second spellings (`getBucketACL`) and without what the SDK itself marks as inner. */
function methodsOf(sdk: COS): string[] {
  const own = Object.keys(sdk).filter((name) => typeof Reflect.get(sdk, name) === "function");
  const names = [...own, ...Object.keys(COS.prototype)];
  expect(names.length).toBeGreaterThan(90);
  return names.filter((name) => !name.startsWith("_") && !/ACL|CORS/.test(name));
}
