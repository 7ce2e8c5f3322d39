import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Middleware } from "@cosup/emulator";
import { afterAll, beforeAll, expect, it } from "vitest";
import { BUCKET, jsonLines, MiB, openRig, type Rig } from "./rig.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** The validator that the tests of the packages have, too. */
const AJV = `${root}tools/packages/package.json`;
const hasAjv = existsSync(`${root}tools/packages/node_modules/ajv`);

interface Validate {
  (line: unknown): boolean;
  readonly errors?: unknown;
}

/** @param isStrict properties that the schema does not have are errors */
function compileSchema(isStrict = true): Validate {
  const { default: Ajv } = createRequire(AJV)("ajv/dist/2020.js") as {
    default: new (options: object) => { compile(schema: object): Validate };
  };
  const schema = JSON.parse(readFileSync(`${root}docs/schema/cosup-json.schema.json`, "utf8")) as {
    $defs: Record<string, { properties?: object; additionalProperties?: boolean }>;
  };
  if (isStrict)
    for (const each of Object.values(schema.$defs)) if (each.properties) each.additionalProperties = false;
  return new Ajv({ allErrors: true, strict: false }).compile(schema);
}

let refusals = 0;
/** Refuses one part, which is sent again, and takes its time for the others. */
const busy: Middleware = async (call, next) => {
  if (call.operation !== "UploadPart") return next();
  refusals += 1;
  if (refusals === 2) return { status: 503, headers: {}, body: "<Error><Code>SlowDown</Code></Error>" };
  await new Promise((resolve) => setTimeout(resolve, 60));
  return next();
};

let rig: Rig;
beforeAll(async () => {
  rig = await openRig([busy]);
  await rig.file("大文件.bin", 24 * MiB);
});
afterAll(() => rig.close());

it.skipIf(!hasAjv)("--json prints progress with active files, and retries, as the schema says", async () => {
  const run = await rig.run(["cp", "大文件.bin", `cos://${BUCKET}/events`, "--json"]);
  expect(run.code).toBe(0);
  const lines = jsonLines(run);
  const validate = compileSchema();
  for (const line of lines) expect(validate(line), JSON.stringify([line, validate.errors])).toBe(true);
  expect(validate({ type: "progress", consumed: 1 })).toBe(false);
  const retry = lines.find(({ type }) => type === "retry");
  expect(retry).toMatchObject({
    operation: "uploadPart",
    key: "events",
    attempt: 1,
    status: 503,
    code: "throttled",
  });
  const progress = lines.filter(({ type }) => type === "progress");
  expect(progress.at(-1)).toMatchObject({ total: 24 * MiB, resumed: 0, failed: 0 });
  const active = [{ name: "大文件.bin", size: 24 * MiB }];
  expect(progress.some((line) => JSON.stringify(line).includes(JSON.stringify(active[0]).slice(0, -1)))).toBe(
    true,
  );
});

it.skipIf(!hasAjv)("the summary of a sync is valid by the schema as it is published", async () => {
  const valid = compileSchema(false);
  await mkdir(join(rig.folder, "synced"));
  const words = ["synced", `cos://${BUCKET}/synced/`, "--json"];
  for (const each of [
    ["sync", ...words],
    ["sync", ...words, "--dry-run"],
    ["mv", "-r", ...words],
  ])
    for (const line of jsonLines(await rig.run(each))) expect(valid(line), JSON.stringify(line)).toBe(true);
});
