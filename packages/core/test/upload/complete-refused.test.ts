import { describe, expect, test } from "vitest";
import { ServiceError } from "../../src/errors.ts";
import { caught } from "../support/caught.ts";
import { bytes, completing, expectPublished, upload } from "../support/complete-rig.ts";
import { denied, lost } from "../support/memory-target.ts";
import { TestFile } from "../support/upload-rig.ts";

const slowDown = (): ServiceError => {
  const options = {
    code: "throttled",
    retryable: true,
    status: 503,
    cosCode: "SlowDown",
    requestId: "id",
  } as const;
  return new ServiceError("slow down", options);
};

describe("Complete is refused for now", () => {
  test("and is sent again without a look", async () => {
    const rig = await completing([{ refuse: slowDown() }]);
    await upload(rig);
    expectPublished(rig);
    expect(
      (["complete", "listParts", "head"] as const).map((operation) => rig.target.countOf(operation)),
    ).toEqual([2, 0, 0]);
  });

  test("eight times, and the refusal is the failure", async () => {
    const refusals = Array.from({ length: 9 }, slowDown);
    const rig = await completing(refusals.map((refuse) => ({ refuse })));
    expect(await caught(upload(rig))).toBe(refusals[7]);
    expect(rig.target.countOf("complete")).toBe(8);
  });

  test("and then for good: the refusal is the failure, although the upload cannot be aborted", async () => {
    const refused = denied();
    const rig = await completing([{ refuse: slowDown() }, { refuse: refused }]);
    const { fault } = rig.target;
    rig.target.fault = (request) => (request.operation === "abort" ? { refuse: denied() } : fault(request));
    expect(await caught(upload(rig, false))).toBe(refused);
  });

  test("while the caller aborts: nothing more is sent", async () => {
    const rig = await completing([]);
    const controller = new AbortController();
    const reason = lost();
    rig.target.complete = async () => {
      controller.abort(reason);
      throw reason;
    };
    expect(await caught(rig.run(new TestFile(bytes), { signal: controller.signal }))).toBe(reason);
    expect([rig.target.countOf("listParts"), rig.target.countOf("head")]).toEqual([0, 0]);
  });

  test.each([false, true])(
    "while the caller aborts, without checkpoints: the caller's reason, and no upload is left (executed: %s)",
    async (executed) => {
      const rig = await completing([]);
      const controller = new AbortController();
      const reason = lost();
      rig.target.complete = async () => {
        if (executed) rig.target.uploads.clear();
        controller.abort(reason);
        throw reason;
      };
      const work = rig.run(new TestFile(bytes), { signal: controller.signal, checkpoints: undefined });
      expect(await caught(work)).toBe(reason);
      expect([rig.target.uploads.size, rig.warnings]).toEqual([0, []]);
    },
  );
});
