import * as commands from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareColumns } from "./call-rows.ts";
import { effectOf, prepareKey } from "./effect.ts";
import { runBlock } from "./evaluate.ts";
import { callRows, codeBlocks, codeWords, readPage } from "./pages.ts";
import { type MigrationRig, openMigrationRig } from "./rig.ts";

const page = readPage("lib-storage.md");
const rows = [...callRows(page, "lib-storage"), ...callRows(page, "client-s3")];

const { default: _, ...named } = { default: undefined, ...commands };
/** The client, and every command by its name. */
const s3Scope = (rig: MigrationRig) => ({ ...named, Upload, getSignedUrl, s3: rig.s3 });

let rig: MigrationRig;
beforeAll(async () => {
  rig = await openMigrationRig();
});
afterAll(() => rig.close());

describe("docs/migration/lib-storage.md", () => {
  for (const [index, row] of rows.entries())
    it(row.theirs, () => compareColumns(rig, row, `row-${index}`, s3Scope(rig)));

  it.each(codeBlocks(page, "js"))("the block in line $line", async ({ line, code }) => {
    const Key = `block-${line}`;
    const prepared = await prepareKey(rig, Key, code);
    const modules = {
      "@aws-sdk/client-s3": { S3Client: rig.EmulatorS3Client },
      "@aws-sdk/lib-storage": { Upload },
      "@cosup/node": rig.ours,
    };
    const lines: unknown[][] = [];
    const console = { log: (...values: unknown[]) => lines.push(values) };
    await runBlock(code, { ...rig.scope, ...prepared, console }, modules);
    expect((await effectOf(rig, Key)).object).toMatch(/^22020101 \d+$/);
    expect(lines.at(-1)).toEqual([22020101, 22020101]);
  });

  it("has every option of Upload, and every command for objects and parts that has a counterpart", () => {
    const words = codeWords(page);
    const options = [
      "client",
      "params",
      "queueSize",
      "partSize",
      "leavePartsOnError",
      "tags",
      "abortController",
    ];
    expect(options.filter((name) => !words.has(name))).toEqual([]);
    const names = Object.keys(commands).filter((name) =>
      /^(Put|Head|Get|Delete|Copy)Object(Tagging)?Command$|(Multipart.*|Part|Parts|PartCopy)Command$/.test(
        name,
      ),
    );
    expect(names.length).toBeGreaterThan(12);
    expect(names.filter((name) => !words.has(name) && name !== "DeleteObjectTaggingCommand")).toEqual([]);
  });
});
