import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { md5, type Rig, startRig, type TestResponse, textIn } from "../rig.ts";
import { afterCommit, uploadUnder } from "./multipart-run.ts";
import { firedIn, inRun, newRun, see } from "./observe.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ faults: true, minPartSize: 1 });
});
afterAll(() => rig.stop());

const get = (path: string): Promise<TestResponse> => rig.ask({ method: "GET", path });

describe("end-upload", () => {
  test.each(["before-headers", "after-body-before-commit"] as const)("aborted %s of a part", async (when) => {
    const up = await uploadUnder(rig, `/ended-${when}`, {
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
      const up = await uploadUnder(rig, `/completed-${op}`, {
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
    const up = await uploadUnder(
      rig,
      "/ended-after",
      afterCommit("UploadPart", { kind: "end-upload", by: "abort" }),
    );
    expect((await up.part(1, "one")).status).toBe(200);
    expect((await up.part(2, "two")).code).toBe("NoSuchUpload");
  });

  test("does not fire at an upload that has already ended", async () => {
    const up = await uploadUnder(rig, "/gone", {
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
    const up = await uploadUnder(rig, "/foreign-part", {
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
    // Long enough for the second PUT, also on a busy machine.
    const run = newRun(rig, afterCommit("PutObject", { kind: "deliver-again", afterMs: 500 }));
    await see(rig, inRun({ method: "PUT", path: "/later", body: "old" }, run));
    await rig.ask({ method: "PUT", path: "/later", body: "new" });
    await expect.poll(async () => (await get("/later")).text, { timeout: 50_000 }).toBe("old");
    expect(firedIn(rig, run)).toEqual([1]);
  });

  test("a part after its Complete does no harm", async () => {
    const up = await uploadUnder(
      rig,
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
