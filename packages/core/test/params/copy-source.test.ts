import { expect, test } from "vitest";
import { checkCopySource, checkCopySourceRange, copySourceHeader } from "../../src/params/copy-source.ts";
import { thrown } from "../support/caught.ts";

const source = { Bucket: "examplebucket-1250000000", Key: "a", Region: "ap-guangzhou" };

test.each([
  ["a b/中+c.txt", undefined, "a%20b/%E4%B8%AD%2Bc.txt"],
  ["a/../b", undefined, "a/../b"],
  ["a", "MTg0/+=", "a?versionId=MTg0%2F%2B%3D"],
  ["a", "", "a"],
])("copySourceHeader() of key %j and version %j", (Key, VersionId, tail) => {
  expect(copySourceHeader({ ...source, Key, VersionId })).toBe(
    `examplebucket-1250000000.cos.ap-guangzhou.myqcloud.com/${tail}`,
  );
});

test.each([
  ["a string", "CopySource"],
  [null, "CopySource"],
  [{ ...source, Bucket: undefined }, "CopySource.Bucket"],
  [{ ...source, Bucket: "noappid" }, "CopySource.Bucket"],
  [{ ...source, Key: "" }, "CopySource.Key"],
  [{ ...source, Region: "AP/x" }, "CopySource.Region"],
  [{ ...source, VersionId: 5 }, "CopySource.VersionId"],
  [{ ...source, VersionID: "5" }, "CopySource.VersionID"],
])("checkCopySource(%j) names %s", (value, parameter) => {
  const error = thrown(() => checkCopySource(value, "CopySource"));
  expect(error instanceof TypeError || error instanceof RangeError).toBe(true);
  expect((error as Error).message.startsWith(`${parameter}: `)).toBe(true);
});

test.each([5, null, "0-1", "bytes=5-", "bytes=-5", "bytes=a-b", "bytes=9-8"])(
  "checkCopySourceRange(%j) refuses",
  (value) => {
    expect(String(thrown(() => checkCopySourceRange(value, "CopySourceRange")))).toContain(
      "CopySourceRange: must",
    );
  },
);

test.each(["", "bytes=0-0", "bytes=0-1048575"])("checkCopySourceRange(%j) accepts", (value) => {
  expect(() => checkCopySourceRange(value, "CopySourceRange")).not.toThrow();
});
