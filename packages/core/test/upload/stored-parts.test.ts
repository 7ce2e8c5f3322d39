import { expect, test } from "vitest";
import { listStored, needsMd5 } from "../../src/upload/stored-parts.ts";
import { md5Of } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { bytes, checkpointOf, resumeRig } from "../support/resume-rig.ts";
import { KB } from "../support/upload-rig.ts";

const { signal } = new AbortController();

test.each<[string, { etag?: string; verified?: boolean } | undefined, bigint | undefined, boolean]>([
  ["the checkpoint does not know", undefined, undefined, true],
  ["the checkpoint knows", {}, 7n, true],
  ["was verified", { verified: true }, 7n, true],
  ["could not be verified", { verified: false }, 7n, false],
  ["is another one than that of the checkpoint", { etag: "other", verified: false }, undefined, true],
])("listStored() of a part that %s", async (_, known, crc64, verified) => {
  const { target, clock } = await resumeRig();
  const content = bytes.slice(0, KB);
  const uploadId = target.plant(new Map([[1, content]]));
  const etag = md5Of(content);
  const parts = known === undefined ? [] : [{ partNumber: 1, etag, crc64: "7", ...known }];
  const stored = await clock.run(listStored(target, uploadId, checkpointOf(uploadId, { parts }), signal));
  expect(stored.get(1)).toEqual({ partNumber: 1, size: KB, etag, crc64, verified });
});

test.each([
  ["that COS does not hold", undefined, false],
  ["whose CRC64 is known", { etag: md5Of(pattern(1)), crc64: 7n }, false],
  ["whose ETag is its MD5", { etag: md5Of(pattern(1)), crc64: undefined }, true],
  ["whose ETag says nothing", { etag: "kms", crc64: undefined }, false],
])("needsMd5() of a part %s", (_, part, expected) => {
  const stored = part && { partNumber: 1, size: 1, verified: true, ...part };
  expect(needsMd5(stored)).toBe(expected);
});
