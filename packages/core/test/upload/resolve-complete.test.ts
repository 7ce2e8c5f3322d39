import { describe, expect, test } from "vitest";
import { CosError, ServiceError } from "../../src/errors.ts";
import type { UploadWarning } from "../../src/upload/options.ts";
import { lookAfterComplete } from "../../src/upload/resolve-complete.ts";
import { caught, caughtAs } from "../support/caught.ts";
import { crc64Of, denied, lost, MemoryTarget, noSuchUpload, serverError } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const bytes = pattern(100);
const TYPE = { "content-type": "text/plain" };
const refused = (): ServiceError =>
  new ServiceError("exists", {
    code: "conflict",
    retryable: false,
    status: 409,
    cosCode: "FileAlreadyExists",
    requestId: "id",
  });

interface Case {
  readonly failure?: CosError;
  readonly headers?: Readonly<Record<string, string>>;
  readonly doubtful?: boolean;
  readonly lastRound?: boolean;
  readonly signal?: AbortSignal;
  /** Prepares what COS holds; the upload is open unless this ends it. */
  readonly prepare?: (target: MemoryTarget) => void;
}

function look({ failure = lost(), headers = TYPE, doubtful = true, lastRound = true, ...rest }: Case) {
  const clock = new VirtualClock();
  const target = new MemoryTarget(clock);
  const uploadId = target.plant(new Map([[1, bytes]]));
  rest.prepare?.(target);
  const warnings: UploadWarning[] = [];
  const context = {
    target,
    uploadId,
    signal: rest.signal ?? new AbortController().signal,
    onWarning: (warning: UploadWarning) => void warnings.push(warning),
  };
  const wanted = { size: bytes.length, crc64: crc64Of(bytes), headers };
  const done = clock.run(lookAfterComplete(context, wanted, failure, { doubtful, lastRound }));
  return { done, target, warnings, uploadId };
}

const gone = (target: MemoryTarget): void => target.uploads.clear();
const notListed = (target: MemoryTarget): void => {
  target.fault = ({ operation }) => (operation === "listParts" ? { refuse: denied() } : undefined);
};
const holding =
  (stored: Uint8Array) =>
  (target: MemoryTarget): void => {
    gone(target);
    target.replaceObject(stored);
  };

describe("lookAfterComplete() says why it does not know", () => {
  const COMPLETE = "the response to Complete was lost";
  const GONE = "COS no longer knows the upload, and";
  test.each<[string, Case]>([
    [`${COMPLETE}, and ${GONE} there is no object at the key`, { prepare: gone }],
    [
      `${COMPLETE}, and ${GONE} the object at the key is not the source with these headers`,
      { prepare: holding(pattern(100, 2)) },
    ],
    [
      `${COMPLETE}, and ${GONE} COS gives no CRC64 for the object at the key`,
      {
        prepare: (target) => {
          holding(bytes)(target);
          Object.assign(target, { tellsCrc64: false });
        },
      },
    ],
    [
      `${COMPLETE}, and ${GONE} HEAD cannot show the ACL or the tags of the object at the key`,
      { headers: { ...TYPE, "x-cos-acl": "private" }, prepare: holding(bytes) },
    ],
    [
      `${COMPLETE}, and ${GONE} the equal object at the key may have been published by another writer`,
      { headers: { ...TYPE, "x-cos-forbid-overwrite": "true" }, prepare: holding(bytes) },
    ],
    [`${COMPLETE}, and there is no object at the key`, { prepare: notListed }],
    [
      "Complete failed (UploadConflict), and COS may still be carrying it out",
      {
        failure: new ServiceError("conflict", {
          code: "conflict",
          retryable: true,
          status: 409,
          cosCode: "UploadConflict",
          requestId: "id",
        }),
      },
    ],
  ])("%s", async (message, given) => {
    const { done, warnings } = look(given);
    expect(await caughtAs(done, CosError)).toMatchObject({ code: "outcome-unknown", message });
    expect(warnings).toEqual([]);
  });

  test("HEAD failed too", async () => {
    const { done } = look({
      prepare: (target) => {
        gone(target);
        target.fault = ({ operation }) => (operation === "head" ? { refuse: serverError() } : undefined);
      },
    });
    const error = await caughtAs(done, CosError);
    expect(error.code).toBe("outcome-unknown");
    expect(error.message).toMatch(/^the response to Complete was lost, and HEAD failed too: /);
  });
});

describe("lookAfterComplete()", () => {
  test.each<[string, Case]>([
    ["COS has certainly not executed it, and HEAD fails", { doubtful: false, failure: noSuchUpload() }],
    ["it was refused because of another object, and is open", { doubtful: false, failure: refused() }],
  ])("fails with the failure itself when %s", async (_, given) => {
    const failure = given.failure ?? lost();
    const { done, target } = look({
      ...given,
      failure,
      prepare: (memory) => {
        memory.fault = ({ operation }) => (operation === "head" ? { refuse: serverError() } : undefined);
      },
    });
    expect(await caught(done)).toBe(failure);
    expect(target.countOf("head")).toBe(failure.message === "exists" ? 0 : 1);
  });

  test("finds the published object, and warns of an upload that may be left where ListParts is not permitted", async () => {
    const known = look({ prepare: holding(bytes) });
    expect((await known.done)?.size).toBe(100);
    expect(known.warnings).toEqual([]);
    const unlisted = look({
      prepare: (target) => {
        notListed(target);
        target.replaceObject(bytes);
      },
    });
    expect((await unlisted.done)?.size).toBe(100);
    expect(unlisted.warnings).toEqual([
      {
        code: "orphan-upload",
        message: `upload ${unlisted.uploadId} may be left behind: ListParts, which could tell, is not permitted`,
        uploadId: unlisted.uploadId,
      },
    ]);
  });

  test("needs no listener for an upload that may be left behind", async () => {
    const clock = new VirtualClock();
    const target = new MemoryTarget(clock);
    notListed(target);
    target.replaceObject(bytes);
    const context = { target, uploadId: "upload-1", signal: new AbortController().signal };
    const wanted = { size: bytes.length, crc64: crc64Of(bytes), headers: {} };
    const round = { doubtful: true, lastRound: true };
    const looking = lookAfterComplete({ ...context, onWarning: undefined }, wanted, lost(), round);
    expect((await clock.run(looking))?.size).toBe(100);
  });

  test.each(["listParts", "head"] as const)(
    "rejects with the caller's reason when it aborts during %s",
    async (during) => {
      const controller = new AbortController();
      const reason = new Error("enough");
      let heads = 0;
      const { done } = look({
        signal: controller.signal,
        prepare: (target) => {
          if (during === "head") gone(target);
          const head = target.head.bind(target);
          target.head = (signal) => {
            heads += 1;
            return head(signal);
          };
          target.fault = ({ operation }) => {
            if (operation !== during) return undefined;
            controller.abort(reason);
            return { refuse: reason };
          };
        },
      });
      expect(await caught(done)).toBe(reason);
      expect(heads).toBe(during === "head" ? 1 : 0);
    },
  );
});
