import { expect, test } from "vitest";
import { IntegrityError } from "../../src/errors.ts";
import { isMd5, isVerifiable, sendVerified } from "../../src/upload/verify.ts";
import { caughtAs } from "../support/caught.ts";
import { createCore } from "../support/core.ts";
import { crc64Of, md5Of } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { KB } from "../support/upload-rig.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const bytes = pattern(KB);
const right = { etag: md5Of(bytes), crc64: crc64Of(bytes) };
const otherMd5 = md5Of(pattern(KB, 9));

/** Sends with these responses in order, and returns how often an MD5 was computed. */
async function sent(
  responses: readonly { etag: string; crc64: bigint | undefined }[],
  options: { withMd5?: boolean; partNumber?: number } = {},
) {
  const core = await createCore(4 * KB, new VirtualClock());
  const digest = await core.digest(bytes, options.withMd5 ?? false);
  let md5s = 0;
  const real = core.digest.bind(core);
  core.digest = (of, withMd5) => {
    if (withMd5) md5s += 1;
    return real(of, withMd5);
  };
  let sends = 0;
  const outcome = sendVerified(core, bytes, digest, options.partNumber, async () => {
    sends += 1;
    const response = responses[sends - 1];
    if (response === undefined) throw new Error("one request too many");
    return response;
  });
  return { outcome, sends: () => sends, md5s: () => md5s };
}

test.each<[string, { etag: string; crc64: bigint | undefined }, boolean]>([
  ["the right CRC64", right, false],
  ["the right CRC64 and an ETag that is another MD5", { ...right, etag: otherMd5 }, true],
  ["the right CRC64 and an ETag that is no MD5", { ...right, etag: `kms-${otherMd5}` }, true],
  ["no CRC64 and an ETag that says nothing", { etag: `kms-${otherMd5}`, crc64: undefined }, true],
])("%s is enough, and needs no MD5", async (_, response, withMd5) => {
  const { outcome, sends, md5s } = await sent([response], { withMd5 });
  expect(await outcome).toBe(response);
  expect([sends(), md5s()]).toEqual([1, 0]);
});

test.each([
  [false, 1],
  [true, 0],
])("without a CRC64 the MD5 is compared, computed when it is not at hand: %s", async (withMd5, computed) => {
  const { outcome, md5s } = await sent([{ etag: right.etag, crc64: undefined }], { withMd5 });
  expect((await outcome).etag).toBe(right.etag);
  expect(md5s()).toBe(computed);
});

test.each([
  ["CRC64", { ...right, crc64: 5n }, String(right.crc64), "5"],
  ["MD5", { etag: otherMd5, crc64: undefined }, right.etag, otherMd5],
])(
  "a %s that differs three times is an IntegrityError that names both",
  async (kind, response, expected, actual) => {
    for (const [partNumber, what] of [
      [7, "the digest of part 7"],
      [undefined, "the object's digest"],
    ] as const) {
      const options = partNumber === undefined ? {} : { partNumber };
      const { outcome, sends } = await sent([response, response, response], options);
      const error = await caughtAs(outcome, IntegrityError);
      expect(error).toMatchObject({ expected, actual, partNumber });
      expect(error.message).toMatch(new RegExp(`^${what} \\(${kind}\\) differs: `));
      expect(sends()).toBe(3);
    }
  },
);

test.each([
  ["a CRC64", "no-md5", 1n, true],
  ["an MD5", right.etag, undefined, true],
  ["both", right.etag, 1n, true],
  ["no checksum", "no-md5", undefined, false],
])("isVerifiable() of a response with %s", (_, etag, crc64, expected) => {
  expect(isVerifiable({ etag, crc64 })).toBe(expected);
});

test.each([
  ["0123456789abcdef0123456789abcdef", true],
  ["0123456789abcdef0123456789abcde", false],
  ["0123456789abcdef0123456789abcdef0", false],
  ["0123456789ABCDEF0123456789ABCDEF", false],
  ["kms-0123456789abcdef0123456789abcdef", false],
  ["0123456789abcdef0123456789abcdef-3", false],
  ["", false],
])("isMd5() of %j is %s", (etag, expected) => {
  expect(isMd5(etag)).toBe(expected);
});
