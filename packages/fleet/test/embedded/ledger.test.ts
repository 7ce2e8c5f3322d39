import { appendFileSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { type RunOptions, runManifest } from "@cosup/fleet/embedded";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Ledger } from "../../src/embedded/ledger.ts";
import { LedgerState } from "../../src/embedded/ledger-state.ts";
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

  it.each([2, 3])(
    "is whole again when its damaged line %i is removed, and COS is asked for what it said",
    async (line) => {
      await run(manifest);
      const lines = readFileSync(ledger, "utf8").split("\n");
      writeFileSync(
        ledger,
        lines.map((text, index) => (index === line - 1 ? text.slice(3) : text)).join("\n"),
      );
      await expect(run(manifest)).rejects.toThrow("remove this line");
      writeFileSync(ledger, lines.filter((_, index) => index !== line - 1).join("\n"));
      expect(await run(manifest)).toMatchObject({ sent: 0, failed: 0 });
      expect(rig.requests("PutObject")).toBe(2);
    },
  );

  it("that was written once in vain is not written any more: half a line may be there", async () => {
    const written: string[] = [];
    const appendFile = async (text: string): Promise<void> => {
      if (written.push(text) === 1) throw Object.assign(new Error("full"), { code: "ENOSPC" });
    };
    const file = { appendFile } as unknown as FileHandle;
    const full = new Ledger("run.ledger", file, new LedgerState(), async () => {});
    const message = "the ledger run.ledger cannot be written (ENOSPC)";
    for (const line of [1, 2])
      await expect(full.add({ type: "started", line })).rejects.toMatchObject({
        code: "ledger-unusable",
        message,
      });
    expect(written).toHaveLength(1);
  });

  it.each(["a symbolic link", "a folder that is one"])(
    "is used by one run at a time, by the name of %s too",
    async (kind) => {
      const other = join(rig.folder, `other ${kind}`);
      symlinkSync(kind === "a symbolic link" ? ledger : rig.folder, other);
      const name = kind === "a symbolic link" ? other : join(other, "run.ledger");
      let second: Promise<unknown> | undefined;
      rig.middleware = async (_, next) => {
        second ??= run(manifest, { ledger: name }).catch((error: unknown) => error);
        await second;
        return next();
      };
      await run(manifest);
      expect(await second).toMatchObject({ name: "LedgerError", code: "ledger-locked" });
    },
  );

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
    // Those without a line break are no torn ledgers either.
    const torn = ["hello", '{"source":"a","key":"1"}', "\0".repeat(100)];
    for (const content of [...torn, "hello\n", "{}\n", '{"cosupLedger":9,"bucket":"x"}\n']) {
      writeFileSync(ledger, content);
      await expect(run(manifest)).rejects.toMatchObject({ code: "ledger-foreign" });
      expect(readFileSync(ledger, "utf8")).toBe(content);
    }
    for (const content of ["", '{"cosup', '{"cosupLedger":1,"buck']) {
      writeFileSync(ledger, content);
      expect(await run(manifest), content).toMatchObject({ failed: 0 });
    }
    const nowhere = run(manifest, { ledger: join(rig.folder, "a", "ledger") });
    await expect(nowhere).rejects.toMatchObject({ code: "ledger-unusable" });
  });
});

it.runIf(existsSync("/dev/full"))("a ledger is a file, and no device", async () => {
  const device = run('{"source":"a","key":"1"}', { ledger: "/dev/full" });
  await expect(device).rejects.toMatchObject({ code: "ledger-foreign" });
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
