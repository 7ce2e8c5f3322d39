import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CosError } from "../../src/errors.ts";
import { caught, caughtAs } from "../support/caught.ts";
import { denied } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { createRig, KB, TestFile } from "../support/upload-rig.ts";

const bytes = pattern(6 * KB);
const file = (): TestFile => new TestFile(bytes);

const unhandled: unknown[] = [];
const note = (error: unknown): void => void unhandled.push(error);

beforeEach(() => {
  unhandled.length = 0;
  process.on("unhandledRejection", note);
});

afterEach(() => {
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});

describe("invalid checkpoints", () => {
  test.each([
    ["save", "checkpoint-degraded"],
    ["load", "checkpoint-degraded"],
    ["lock", "checkpoint-degraded"],
  ] as const)("cost the resume, not the upload: %s", async (failing, code) => {
    const rig = await createRig();
    rig.checkpoints.failing.add(failing);
    await rig.run(file());
    expect(rig.target.object?.bytes).toHaveLength(bytes.length);
    expect(rig.warnings.map((warning) => warning.code)).toEqual([code]);
    expect(rig.warnings[0]?.message).toContain(`disk full: ${failing}`);
    expect(rig.progress.at(-1)).toEqual([bytes.length, bytes.length]);
  });

  test.each(["remove", "release"] as const)(
    "are not even worth a warning after success: %s",
    async (failing) => {
      const rig = await createRig();
      rig.checkpoints.failing.add(failing);
      await rig.run(file());
      expect(rig.warnings).toEqual([]);
    },
  );

  test.each(["save", "lock"] as const)(
    "leave no upload behind that no checkpoint names: %s",
    async (failing) => {
      const rig = await createRig();
      rig.checkpoints.failing.add(failing);
      rig.target.fault = ({ operation, partNumber }) =>
        operation === "putPart" && partNumber === 4 ? { refuse: denied() } : undefined;
      const error = await caughtAs(rig.run(file()), CosError);
      expect(error.hint).toBeUndefined();
      expect(rig.target.uploads.size).toBe(0);
    },
  );

  test("keep the upload that the last good checkpoint names", async () => {
    const rig = await createRig();
    rig.target.fault = ({ operation, partNumber }) => {
      if (operation === "putPart" && partNumber === 2) rig.checkpoints.failing.add("save");
      return operation === "putPart" && partNumber === 5 ? { refuse: denied() } : undefined;
    };
    const error = await caughtAs(rig.run(file(), { concurrency: 1 }), CosError);
    expect(error.hint).toContain("upload-1");
    expect(rig.checkpoints.only.UploadId).toBe("upload-1");
    expect([...rig.target.uploads.keys()]).toEqual(["upload-1"]);
    rig.checkpoints.failing.clear();
    rig.target.fault = () => undefined;
    expect(await rig.run(file())).toMatchObject({ partsResumed: 4 });
  });

  test("keep the upload of a resume whose own saves fail", async () => {
    const rig = await createRig();
    rig.target.fault = ({ operation, partNumber = 0 }) =>
      operation === "putPart" && partNumber > 2 ? { refuse: denied() } : undefined;
    await caught(rig.run(file(), { concurrency: 1 }));
    rig.checkpoints.failing.add("save");
    await caught(rig.run(file(), { concurrency: 1 }));
    expect([...rig.target.uploads.keys()]).toEqual(["upload-1"]);
  });

  test("that are damaged are discarded with a warning", async () => {
    const rig = await createRig();
    rig.target.fault = ({ operation }) => (operation === "putPart" ? { refuse: denied() } : undefined);
    await caught(rig.run(file()));
    rig.target.fault = () => undefined;
    for (const id of rig.checkpoints.texts.keys()) rig.checkpoints.texts.set(id, "half a checkpo");
    await rig.run(file());
    expect(rig.warnings.map(({ code }) => code)).toEqual(["checkpoint-discarded"]);
  });

  test("of another object are discarded, and its upload is not aborted", async () => {
    const rig = await createRig();
    rig.target.fault = ({ operation }) => (operation === "putPart" ? { refuse: denied() } : undefined);
    await caught(rig.run(file()));
    rig.target.fault = () => undefined;
    for (const [id, text] of rig.checkpoints.texts)
      rig.checkpoints.texts.set(id, JSON.stringify({ ...JSON.parse(text), Key: "another" }));
    expect(await rig.run(file())).toMatchObject({ uploadId: "upload-2" });
    expect([...rig.target.uploads.keys()]).toEqual(["upload-1"]);
  });
});

describe("a checkpoint", () => {
  test("is written before the first part is sent, and before progress is reported", async () => {
    const rig = await createRig();
    const order: string[] = [];
    rig.target.fault = ({ operation }) => {
      if (operation === "putPart") order.push("part");
      return undefined;
    };
    const save = rig.checkpoints.save.bind(rig.checkpoints);
    rig.checkpoints.save = async (id, text) => {
      order.push(`saved ${JSON.parse(text).parts.length}`);
      await save(id, text);
    };
    await rig.run(file(), { onProgress: (consumed) => order.push(`reported ${consumed / KB}`) });
    expect(order[0]).toBe("saved 0");
    let inCheckpoint = 0;
    for (const step of order.slice(0, -1)) {
      const [word, count] = step.split(" ");
      if (word === "saved") inCheckpoint = Number(count);
      if (word === "reported") expect(Number(count)).toBeLessThanOrEqual(inCheckpoint);
    }
    expect(order.at(-1)).toBe("reported 6");
  });

  test("contains no credentials and names its upload", async () => {
    const rig = await createRig();
    await rig.run(file());
    const [first] = rig.checkpoints.saved;
    expect(Object.keys(JSON.parse(first ?? "{}")).sort()).toEqual(
      [
        "Bucket",
        "Key",
        "UploadId",
        "endpoint",
        "fingerprint",
        "headers",
        "partSize",
        "parts",
        "size",
        "version",
      ].sort(),
    );
  });

  test("collects acknowledgements of a tenth of a second in one write", async () => {
    const rig = await createRig();
    rig.target.latencyMs = () => 1;
    await rig.run(new TestFile(pattern(60 * KB)));
    expect(rig.checkpoints.saved.length).toBeLessThan(6);
  });
});

describe("a callback that throws", () => {
  const mistake = new Error("a bug of the caller");
  const fails = (): never => {
    throw mistake;
  };

  test.each([true, false])("fails the upload with its own error, with checkpoints: %s", async (keeps) => {
    const rig = await createRig();
    rig.target.latencyMs = () => 200;
    const options = keeps ? {} : { checkpoints: undefined };
    expect(await caught(rig.run(file(), { onProgress: fails, ...options }))).toBe(mistake);
    expect(rig.target.object).toBeUndefined();
    expect(rig.target.uploads.size).toBe(keeps ? 1 : 0);
    await rig.clock.idle();
  });

  test("fails it also when it was a warning about checkpoints", async () => {
    const rig = await createRig();
    rig.target.latencyMs = () => 200;
    rig.target.fault = ({ operation, partNumber }) => {
      if (operation === "putPart" && partNumber === 2) rig.checkpoints.failing.add("save");
      return undefined;
    };
    expect(await caught(rig.run(file(), { onWarning: fails }))).toBe(mistake);
    expect(rig.target.object).toBeUndefined();
  });
});
