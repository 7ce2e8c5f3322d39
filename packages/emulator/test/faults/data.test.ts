import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Instruction } from "../../src/index.ts";
import { md5, type Rig, startRig, type TestResponse, textIn, textsIn } from "../rig.ts";
import { afterCommit, uploadUnder } from "./multipart-run.ts";
import { firedIn, injectFault } from "./observe.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ faults: true, minPartSize: 1 });
});
afterAll(() => rig.stop());

const get = (path: string): Promise<TestResponse> => rig.ask({ method: "GET", path });

describe("flip-request", () => {
  test("changes the given byte, so that Content-MD5 does not match", async () => {
    const instruction: Instruction = {
      op: "PutObject",
      when: "after-3-bytes-of-request",
      fault: "flip-request",
    };
    const plain = await injectFault(rig, instruction, { method: "PUT", path: "/flipped", body: "0000000" });
    expect(plain.seen.status).toBe(200);
    expect((await get("/flipped")).text).toBe("0001000");
    expect(plain.seen.head).toContain(md5("0001000"));
    const headers = { "content-md5": md5("0000000", "base64") };
    const checked = await injectFault(rig, instruction, {
      method: "PUT",
      path: "/checked",
      body: "0000000",
      headers,
    });
    expect(checked.seen.code).toBe("BadDigest");
    expect((await get("/checked")).status).toBe(404);
  });

  test("does not fire if the body has no such byte", async () => {
    const { receipt } = await injectFault(
      rig,
      { op: "PutObject", when: "after-7-bytes-of-request", fault: "flip-request" },
      { method: "PUT", path: "/whole", body: "0000000" },
    );
    expect(receipt.instructions[0]?.fired).toBe(0);
    expect((await get("/whole")).text).toBe("0000000");
  });
});

describe("flip-stored", () => {
  test("a byte of an acknowledged object changes", async () => {
    const { seen, receipt } = await injectFault(rig, afterCommit("PutObject", "flip-stored"), {
      method: "PUT",
      path: "/rotten",
      body: "0000",
    });
    const acknowledged = /x-cos-hash-crc64ecma: (\d+)/.exec(seen.head)?.[1];
    const read = await get("/rotten");
    expect([read.text, read.headers.etag]).toEqual(["1000", `"${md5("0000")}"`]);
    expect(read.headers["x-cos-hash-crc64ecma"]).not.toBe(acknowledged);
    expect(receipt.instructions[0]?.fired).toBe(1);
    expect((await rig.dataFiles()).length).toBeGreaterThan(0);
  });

  test("a byte of a part changes: Complete succeeds, and its CRC64 shows it", async () => {
    const good = await uploadUnder(rig, "/good", []);
    await good.part(1, "0000");
    const expected = /x-cos-hash-crc64ecma: (\d+)/.exec((await good.complete()).head)?.[1];
    const bad = await uploadUnder(rig, "/bad", afterCommit("UploadPart", "flip-stored"));
    await bad.part(1, "0000");
    const completed = await bad.complete();
    expect(completed.status).toBe(200);
    expect(/x-cos-hash-crc64ecma: (\d+)/.exec(completed.head)?.[1]).not.toBe(expected);
    expect((await get("/bad")).text).toBe("1000");
  });
});

test("drop-part: acknowledged and not stored", async () => {
  const up = await uploadUnder(rig, "/dropped", afterCommit("UploadPart", "drop-part", { part: 2 }));
  await up.part(1, "one");
  expect((await up.part(2, "two")).status).toBe(200);
  expect(textsIn((await up.list()).body, "PartNumber")).toEqual(["1"]);
  expect((await up.complete()).code).toBe("InvalidPart");
  expect(firedIn(rig, up.run)).toEqual([1]);
});

describe("list-parts", () => {
  const lying = async (lie: "sizes" | "etags" | "stale" | "page-loop") => {
    const up = await uploadUnder(rig, `/list-${lie}`, {
      ...afterCommit("ListParts", { kind: "list-parts", lie }),
      times: "forever",
    });
    await up.part(1, "one");
    await up.part(2, "three");
    return up;
  };

  test("sizes, etags", async () => {
    expect(textsIn((await (await lying("sizes")).list()).body, "Size")).toEqual(["4", "6"]);
    const etags = textsIn((await (await lying("etags")).list()).body, "ETag");
    expect(new Set(etags).size).toBe(1);
    expect(etags).not.toContain(`&quot;${md5("one")}&quot;`);
  });

  test("stale: the newest part is missing", async () => {
    expect(textsIn((await (await lying("stale")).list()).body, "PartNumber")).toEqual(["1"]);
  });

  test("page-loop: every page claims that another follows, and points to itself", async () => {
    const up = await lying("page-loop");
    for (const query of [{}, { "part-number-marker": "1" }, { "max-parts": "1" }]) {
      const page = (await up.list(query)).body;
      expect(textIn(page, "IsTruncated")).toBe("true");
      expect(textIn(page, "NextPartNumberMarker")).toBe(textIn(page, "PartNumberMarker"));
    }
  });
});
