import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type RunOptions, runManifest } from "@cosup/fleet/embedded";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { BUCKET, bytesOf, openRig, type Rig } from "../support/rig.ts";

let rig: Rig;
let ledger: string;

beforeAll(async () => {
  rig = await openRig();
  ledger = join(rig.folder, "run.ledger");
  rig.file("a", bytesOf("a", 100));
});
beforeEach(async () => {
  await rig.emulator.reset();
  rig.middleware = undefined;
  rmSync(ledger, { force: true });
});
afterAll(() => rig.close());

const run = (manifest: string, options: Partial<RunOptions> = {}) => {
  const { cos, bucket, region } = rig.context;
  return runManifest({ cos, bucket, region, ledger, manifest, root: rig.folder, ...options });
};

describe("the ledger", () => {
  const manifest = '{"source":"a","key":"1"}\n{"source":"a","key":"2"}';

  it("ignores its last line when a kill has torn it, and goes on behind it", async () => {
    await run(manifest);
    const whole = readFileSync(ledger, "utf8");
    for (const cut of [1, 10, 100]) {
      writeFileSync(ledger, whole.slice(0, -cut));
      expect(await run(manifest), `${cut}`).toMatchObject({ sent: 0, resumed: 1, unchanged: 1 });
      // Whole again: the torn line is gone.
      expect(await run(manifest), `${cut}`).toMatchObject({ resumed: 2 });
    }
    expect(rig.requests("PutObject")).toBe(2);
  });

  it("says which line is damaged", async () => {
    await run(manifest);
    appendFileSync(ledger, '{"type":"done"}\n');
    await expect(run(manifest)).rejects.toMatchObject({ code: "ledger-unusable", message: /^line 5 of/ });
    appendFileSync(ledger, "x\n");
    await expect(run(manifest)).rejects.toMatchObject({ code: "ledger-unusable" });
  });

  it("is used by one run at a time", async () => {
    let second: Promise<unknown> | undefined;
    rig.middleware = async (_, next) => {
      second ??= run(manifest).catch((error: unknown) => error);
      await second;
      return next();
    };
    await run(manifest);
    expect(await second).toMatchObject({ name: "LedgerError", code: "ledger-locked" });
  });

  it("is not taken from another bucket, nor from another program", async () => {
    await run(manifest);
    const other = run(manifest, { bucket: "other-1250000000" });
    const message = `the ledger ${ledger} is of cos://${BUCKET}/: give another one for cos://other-1250000000/`;
    await expect(other).rejects.toMatchObject({ code: "ledger-foreign", message });
    for (const content of ["hello\n", "{}\n", '{"cosupLedger":9,"bucket":"x"}\n']) {
      writeFileSync(ledger, content);
      await expect(run(manifest)).rejects.toMatchObject({ code: "ledger-foreign" });
      expect(readFileSync(ledger, "utf8")).toBe(content);
    }
    const nowhere = run(manifest, { ledger: join(rig.folder, "a", "ledger") });
    await expect(nowhere).rejects.toMatchObject({ code: "ledger-unusable" });
  });
});

describe("the ledger of another prefix", () => {
  const manifest = '{"source":"a","key":"1"}';

  it("is refused: it would forget what it has", async () => {
    await run(manifest, { prefix: "A/" });
    const before = readFileSync(ledger, "utf8");
    await expect(run(manifest)).rejects.toMatchObject({
      code: "ledger-foreign",
      message: `the ledger ${ledger} is of cos://${BUCKET}/A/: give another one for cos://${BUCKET}/`,
    });
    expect(readFileSync(ledger, "utf8")).toBe(before);
    expect(await run(manifest, { prefix: "A/" })).toMatchObject({ sent: 0, resumed: 1 });
  });

  it("is used as before where it does not name one", async () => {
    await run(manifest, { prefix: "A/" });
    const [, ...lines] = readFileSync(ledger, "utf8").split("\n");
    writeFileSync(ledger, [JSON.stringify({ cosupLedger: 1, bucket: BUCKET }), ...lines].join("\n"));
    expect(await run(manifest, { prefix: "A/" })).toMatchObject({ sent: 0, resumed: 1 });
  });
});
