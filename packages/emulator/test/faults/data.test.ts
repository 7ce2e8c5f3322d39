import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Instruction } from "../../src/index.ts";
import { type Ask, md5, type Rig, startRig, type TestResponse, textIn, textsIn } from "../rig.ts";
import { firedIn, injectFault, inRun, newRun, see } from "./observe.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ faults: true, minPartSize: 1 });
});
afterAll(() => rig.stop());

const get = (path: string): Promise<TestResponse> => rig.ask({ method: "GET", path });

/** A multipart upload whose every request belongs to one run. */
async function upload(path: string, script: Instruction | readonly Instruction[]) {
  const run = newRun(rig, script);
  const ask = (more: Partial<Ask> & Pick<Ask, "method">) => see(rig, inRun({ path, ...more }, run));
  const started = await ask({ method: "POST", query: { uploads: "" } });
  const uploadId = textIn(started.body, "UploadId") ?? "";
  const etags = new Map<number, string>();
  return {
    run,
    uploadId,
    etags,
    async part(number: number, body: string) {
      const seen = await ask({ method: "PUT", query: { uploadId, partNumber: String(number) }, body });
      etags.set(number, /ETag: (\S+)/.exec(seen.head)?.[1] ?? "");
      return seen;
    },
    list: (more: Record<string, string> = {}) => ask({ method: "GET", query: { uploadId, ...more } }),
    abort: () => ask({ method: "DELETE", query: { uploadId } }),
    complete: () => {
      const parts = [...etags].map(
        ([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`,
      );
      const body = `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`;
      return ask({ method: "POST", query: { uploadId }, body });
    },
  };
}

const afterCommit = (op: Instruction["op"], fault: Instruction["fault"], match = {}): Instruction => ({
  op,
  match,
  when: "after-commit-before-response",
  fault,
});

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
    const good = await upload("/good", []);
    await good.part(1, "0000");
    const expected = /x-cos-hash-crc64ecma: (\d+)/.exec((await good.complete()).head)?.[1];
    const bad = await upload("/bad", afterCommit("UploadPart", "flip-stored"));
    await bad.part(1, "0000");
    const completed = await bad.complete();
    expect(completed.status).toBe(200);
    expect(/x-cos-hash-crc64ecma: (\d+)/.exec(completed.head)?.[1]).not.toBe(expected);
    expect((await get("/bad")).text).toBe("1000");
  });
});

test("drop-part: acknowledged and not stored", async () => {
  const up = await upload("/dropped", afterCommit("UploadPart", "drop-part", { part: 2 }));
  await up.part(1, "one");
  expect((await up.part(2, "two")).status).toBe(200);
  expect(textsIn((await up.list()).body, "PartNumber")).toEqual(["1"]);
  expect((await up.complete()).code).toBe("InvalidPart");
  expect(firedIn(rig, up.run)).toEqual([1]);
});

describe("list-parts", () => {
  const lying = async (lie: "sizes" | "etags" | "stale" | "page-loop") => {
    const up = await upload(`/list-${lie}`, {
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

  test("page-loop: every page says that there is more, and leads to itself", async () => {
    const up = await lying("page-loop");
    for (const query of [{}, { "part-number-marker": "1" }, { "max-parts": "1" }]) {
      const page = (await up.list(query)).body;
      expect(textIn(page, "IsTruncated")).toBe("true");
      expect(textIn(page, "NextPartNumberMarker")).toBe(textIn(page, "PartNumberMarker"));
    }
  });
});

describe("end-upload", () => {
  test.each(["before-headers", "after-body-before-commit"] as const)("aborted %s of a part", async (when) => {
    const up = await upload(`/ended-${when}`, {
      op: "UploadPart",
      when,
      fault: { kind: "end-upload", by: "abort" },
    });
    expect((await up.part(1, "one")).code).toBe("NoSuchUpload");
    expect(firedIn(rig, up.run)).toEqual([1]);
  });

  test.each(["ListParts", "CompleteMultipartUpload", "AbortMultipartUpload"] as const)(
    "completed before %s",
    async (op) => {
      const up = await upload(`/completed-${op}`, {
        op,
        when: "before-headers",
        fault: { kind: "end-upload", by: "complete" },
      });
      await up.part(1, "one");
      await up.part(2, "two");
      const seen = await {
        ListParts: up.list,
        CompleteMultipartUpload: up.complete,
        AbortMultipartUpload: up.abort,
      }[op]();
      expect(seen.code).toBe("NoSuchUpload");
      expect((await get(`/completed-${op}`)).text).toBe("onetwo");
    },
  );

  test("right after a part was stored", async () => {
    const up = await upload("/ended-after", afterCommit("UploadPart", { kind: "end-upload", by: "abort" }));
    expect((await up.part(1, "one")).status).toBe(200);
    expect((await up.part(2, "two")).code).toBe("NoSuchUpload");
  });

  test("does not fire at an upload that has already ended", async () => {
    const up = await upload("/gone", {
      op: "ListParts",
      match: { nth: 2 },
      when: "before-headers",
      fault: { kind: "end-upload", by: "complete" },
    });
    await up.abort();
    await up.list();
    await up.list();
    expect(firedIn(rig, up.run)).toEqual([0]);
  });
});

describe("others", () => {
  test("foreign-part: the part is overwritten, and Complete notices", async () => {
    const up = await upload("/foreign-part", {
      op: "CompleteMultipartUpload",
      when: "before-headers",
      fault: { kind: "foreign-part", part: 1 },
    });
    await up.part(1, "mine");
    expect((await up.complete()).code).toBe("InvalidPart");
    const listed = (await up.list()).body;
    expect([textIn(listed, "Size"), textIn(listed, "ETag") === `&quot;${md5("mine")}&quot;`]).toEqual([
      "4",
      false,
    ]);
    expect(firedIn(rig, up.run)).toEqual([1]);
  });

  test("foreign-object: between Complete and HEAD, the object is replaced by one of the same size", async () => {
    const run = newRun(rig, { op: "HeadObject", when: "before-headers", fault: "foreign-object" });
    await rig.ask({ method: "PUT", path: "/mine", body: "my own bytes" });
    const before = await rig.ask({ method: "HEAD", path: "/mine" });
    const after = await see(rig, inRun({ method: "HEAD", path: "/mine" }, run));
    expect(after.head).toContain("Content-Length: 12");
    expect(after.head).not.toContain(before.headers["x-cos-hash-crc64ecma"]);
    expect((await get("/mine")).text).toBe("foreign byte");
    expect(firedIn(rig, run)).toEqual([1]);
  });
});

describe("deliver-again", () => {
  test("an old PUT is delivered again and overwrites a newer object", async () => {
    const run = newRun(rig, afterCommit("PutObject", { kind: "deliver-again", afterOp: "PutObject" }));
    const put = (body: string) => see(rig, inRun({ method: "PUT", path: "/again", body }, run));
    await put("old");
    expect([(await get("/again")).text, firedIn(rig, run)]).toEqual(["old", [0]]);
    expect((await put("new")).status).toBe(200);
    expect([(await get("/again")).text, firedIn(rig, run)]).toEqual(["old", [1]]);
  });

  test("after a time", async () => {
    const run = newRun(rig, afterCommit("PutObject", { kind: "deliver-again", afterMs: 50 }));
    await see(rig, inRun({ method: "PUT", path: "/later", body: "old" }, run));
    await rig.ask({ method: "PUT", path: "/later", body: "new" });
    await expect.poll(async () => (await get("/later")).text).toBe("old");
    expect(firedIn(rig, run)).toEqual([1]);
  });

  test("a part after its Complete does no harm", async () => {
    const up = await upload(
      "/late-part",
      afterCommit("UploadPart", { kind: "deliver-again", afterOp: "CompleteMultipartUpload" }),
    );
    await up.part(1, "part");
    expect((await up.complete()).status).toBe(200);
    expect(firedIn(rig, up.run)).toEqual([1]);
    expect((await get("/late-part")).text).toBe("part");
  });

  test("a pending delivery is dropped when the emulator closes", async () => {
    const other = await startRig({
      faults: [afterCommit("PutObject", { kind: "deliver-again", afterMs: 60_000 })],
    });
    await other.ask({ method: "PUT", path: "/k", body: "x" });
    // It would come after a minute, when the test has failed.
    await other.stop();
  });
});
