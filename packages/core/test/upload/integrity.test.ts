import { describe, expect, test } from "vitest";
import { IntegrityError } from "../../src/errors.ts";
import { caughtAs } from "../support/caught.ts";
import { crc64Of, denied, md5Of } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { createRig, KB, type Rig, TestFile } from "../support/upload-rig.ts";

const bytes = pattern(6 * KB);
const file = (): TestFile => new TestFile(bytes);

/** Part 3 arrives damaged this many times. */
function damagePart3(rig: Rig, times: number): void {
  let left = times;
  rig.target.fault = ({ operation, partNumber }) => {
    if (operation !== "putPart" || partNumber !== 3 || left === 0) return undefined;
    left -= 1;
    return { corrupt: true };
  };
}

describe.each([
  ["CRC64", true],
  ["MD5, where COS tells no CRC64,", false],
])("a part whose %s differs", (_, tellsCrc64) => {
  test.each([1, 2])("is sent again, and the object is right: damaged %i times", async (times) => {
    const rig = await createRig();
    rig.target.tellsCrc64 = tellsCrc64;
    damagePart3(rig, times);
    await rig.run(file());
    expect(md5Of(rig.target.object?.bytes ?? new Uint8Array(0))).toBe(md5Of(bytes));
    expect(rig.target.countOf("putPart")).toBe(6 + times);
  });

  test("is an IntegrityError after three times, and nothing is published", async () => {
    const rig = await createRig();
    rig.target.tellsCrc64 = tellsCrc64;
    damagePart3(rig, 3);
    const error = await caughtAs(rig.run(file()), IntegrityError);
    expect(error).toMatchObject({ code: "integrity", partNumber: 3, retryable: true });
    expect(error.expected).not.toBe(error.actual);
    expect(error.message).toContain("part 3");
    expect([rig.target.object, rig.target.countOf("complete")]).toEqual([undefined, 0]);
    expect(rig.progress.every(([consumed]) => consumed < bytes.length)).toBe(true);
  });

  test("is not in the checkpoint, so that the next call sends it", async () => {
    const rig = await createRig();
    rig.target.tellsCrc64 = tellsCrc64;
    damagePart3(rig, 3);
    await caughtAs(rig.run(file()), IntegrityError);
    expect(rig.checkpoints.only.parts.map(({ partNumber }) => partNumber)).not.toContain(3);
    await rig.run(file());
    expect(md5Of(rig.target.object?.bytes ?? new Uint8Array(0))).toBe(md5Of(bytes));
  });
});

describe("a single PUT", () => {
  /** COS responds to the first `times` PUTs with the CRC64 of other bytes. */
  function tellWrongCrc64(rig: Rig, times: number): void {
    const { put } = rig.target;
    rig.target.put = async (...parameters) => {
      const response = await put.apply(rig.target, parameters);
      return rig.target.countOf("put") <= times ? { ...response, crc64: 5n } : response;
    };
  }

  test("is sent again when its CRC64 differs", async () => {
    const rig = await createRig();
    tellWrongCrc64(rig, 1);
    expect(await rig.run(new TestFile(pattern(KB)))).toMatchObject({ crc64: crc64Of(pattern(KB)) });
    expect(rig.target.countOf("put")).toBe(2);
  });

  test("is an IntegrityError after three times, and its progress never reaches the total", async () => {
    const rig = await createRig();
    tellWrongCrc64(rig, 3);
    const error = await caughtAs(rig.run(new TestFile(pattern(KB))), IntegrityError);
    expect(error).toMatchObject({
      partNumber: undefined,
      expected: String(crc64Of(pattern(KB))),
      actual: "5",
    });
    expect([rig.target.countOf("put"), rig.progress.length]).toEqual([3, 0]);
  });

  test("always has its MD5: bytes that changed in transit never replace the object", async () => {
    const rig = await createRig();
    rig.target.replaceObject(pattern(KB, 7));
    rig.target.fault = () => ({ corrupt: true });
    await expect(rig.run(new TestFile(pattern(KB)), { enableMd5: false })).rejects.toThrow("BadDigest");
    expect(md5Of(rig.target.object?.bytes ?? new Uint8Array(0))).toBe(md5Of(pattern(KB, 7)));
  });

  test.each([false, true])("accepts the CRC64 when the ETag is no MD5, EnableMD5: %s", async (enableMd5) => {
    const rig = await createRig();
    const { put } = rig.target;
    rig.target.put = async (...parameters) => ({
      ...(await put.apply(rig.target, parameters)),
      etag: "0123456789abcdef0123456789abcdef",
    });
    expect(await rig.run(new TestFile(pattern(KB)), { enableMd5 })).toMatchObject({ partsSent: 1 });
    expect(rig.target.countOf("put")).toBe(1);
  });
});

describe("the whole object", () => {
  function respondToComplete(rig: Rig, crc64: bigint | undefined): void {
    const { complete } = rig.target;
    rig.target.complete = async (...parameters) => ({
      ...(await complete.apply(rig.target, parameters)),
      crc64,
    });
  }

  test("has the CRC64 of the source, combined from the parts", async () => {
    const rig = await createRig();
    expect(await rig.run(file())).toMatchObject({ crc64: crc64Of(bytes), size: bytes.length });
  });

  test("is an IntegrityError when COS holds another CRC64, with or without checkpoints", async () => {
    const other = pattern(6 * KB, 5);
    for (const checkpoints of [undefined, "kept"]) {
      const rig = await createRig();
      respondToComplete(rig, 5n);
      rig.target.fault = ({ operation }) => {
        if (operation === "head") rig.target.replaceObject(other);
        return undefined;
      };
      const options = checkpoints === undefined ? { checkpoints } : {};
      const error = await caughtAs(rig.run(file(), options), IntegrityError);
      expect(error).toMatchObject({ expected: String(crc64Of(bytes)), actual: String(crc64Of(other)) });
      expect(rig.progress.every(([consumed]) => consumed < bytes.length)).toBe(true);
      expect(rig.target.countOf("complete")).toBe(1);
    }
  });

  test("is an IntegrityError when Complete gives another CRC64 and HEAD is not permitted", async () => {
    const rig = await createRig();
    respondToComplete(rig, 5n);
    rig.target.fault = ({ operation }) => (operation === "head" ? { refuse: denied() } : undefined);
    expect(await caughtAs(rig.run(file()), IntegrityError)).toMatchObject({ actual: "5" });
  });

  test("is verified by HEAD when only the response to Complete has another CRC64", async () => {
    const rig = await createRig();
    respondToComplete(rig, 5n);
    expect(await rig.run(file())).toMatchObject({ crc64: crc64Of(bytes), size: bytes.length });
    expect([rig.target.countOf("complete"), rig.target.countOf("head")]).toEqual([1, 1]);
  });

  test("is verified by HEAD when Complete gives no CRC64", async () => {
    const rig = await createRig();
    respondToComplete(rig, undefined);
    await rig.run(file());
    expect([rig.target.countOf("head"), rig.warnings.length]).toEqual([1, 0]);
  });

  test("is an IntegrityError when HEAD returns another one", async () => {
    const rig = await createRig();
    respondToComplete(rig, undefined);
    rig.target.fault = ({ operation }) => {
      if (operation === "head") rig.target.replaceObject(pattern(6 * KB, 5));
      return undefined;
    };
    await caughtAs(rig.run(file()), IntegrityError);
  });

  test.each([
    [
      "nobody tells one",
      (rig: Rig): void => {
        rig.target.tellsCrc64 = false;
      },
    ],
    [
      "HEAD is forbidden",
      (rig: Rig): void => {
        rig.target.fault = ({ operation }) => (operation === "head" ? { refuse: denied() } : undefined);
      },
    ],
  ])("is reported as unverified when %s", async (_, prepare) => {
    const rig = await createRig();
    respondToComplete(rig, undefined);
    prepare(rig);
    await rig.run(file());
    expect(rig.warnings.map(({ code }) => code)).toEqual(["unverified"]);
  });

  test.each([
    ["none", "only 0 of 6 were verified", { crc64: false, md5: false }],
    ["each", "all 6 were verified", { crc64: false, md5: true }],
  ])("is reported with how many parts had a checksum: %s", async (_, words, tells) => {
    const rig = await createRig();
    rig.target.tellsCrc64 = tells.crc64;
    rig.target.etagIsMd5 = tells.md5;
    rig.target.fault = ({ operation, partNumber }) =>
      operation === "putPart" && partNumber === 5 ? { refuse: denied() } : undefined;
    await expect(rig.run(file(), { concurrency: 1 })).rejects.toThrow();
    rig.target.fault = () => undefined;
    expect(await rig.run(file())).toMatchObject({ partsResumed: 4 });
    expect(rig.warnings).toMatchObject([{ code: "unverified", message: expect.stringContaining(words) }]);
  });
});

describe("a ContentMD5", () => {
  const contentMd5 = Buffer.from(md5Of(bytes), "hex").toString("base64");
  const wrong = Buffer.from(md5Of(pattern(9)), "hex").toString("base64");

  test("that is right is accepted, also over a resume", async () => {
    const rig = await createRig();
    rig.target.fault = ({ operation, partNumber }) =>
      operation === "putPart" && partNumber === 5 ? { refuse: denied() } : undefined;
    await expect(rig.run(file(), { contentMd5 })).rejects.toThrow();
    rig.target.fault = () => undefined;
    expect(await rig.run(file(), { contentMd5 })).toMatchObject({ size: bytes.length });
  });

  test.each([
    ["a PUT", KB],
    ["parts", 6 * KB],
  ])("that is wrong is refused before anything is published: %s", async (_, size) => {
    const rig = await createRig();
    await expect(
      rig.run(new TestFile(pattern(size)), { contentMd5: wrong, checkpoints: undefined }),
    ).rejects.toMatchObject({
      name: "IntegrityError",
      code: "integrity",
      retryable: false,
      hint: expect.stringContaining("give the MD5 of exactly these bytes"),
      actual: wrong,
    });
    expect([rig.target.object, rig.target.countOf("complete"), rig.target.countOf("put")]).toEqual([
      undefined,
      0,
      0,
    ]);
    expect(rig.target.uploads.size).toBe(0);
  });
});
