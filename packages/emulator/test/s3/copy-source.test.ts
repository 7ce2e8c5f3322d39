import { expect, test } from "vitest";
import { copySourceForCos } from "../../src/s3/copy-source.ts";

test.each([
  ["/b-1/key", "b-1.cos.r.myqcloud.com/key"],
  ["b-1/a/b?versionId=x", "b-1.cos.r.myqcloud.com/a/b?versionId=x"],
  ["b-1%2fa%2Fb", "b-1.cos.r.myqcloud.com/a%2Fb"],
  // What looks like a host of COS behind the first slash is a part of the key.
  ["b-1/x.cos.y/z", "b-1.cos.r.myqcloud.com/x.cos.y/z"],
  ["/b-1.cos.r/z", "b-1.cos.r.cos.r.myqcloud.com/z"],
  [".cos.r/z", ".cos.r.cos.r.myqcloud.com/z"],
  ["b.cos./z", "b.cos..cos.r.myqcloud.com/z"],
])("%j is written as COS does", (s3, cos) => {
  expect(copySourceForCos(s3, "r")).toBe(cos);
});

test.each([
  "b-1.cos.x.myqcloud.com/key",
  "https://b-1.cos.x.myqcloud.com/key",
  "http://b-1.cos-internal.x.tencentcos.cn/a/b",
  "b-1.cos.x.myqcloud.com",
  "no bucket",
])("%j stays", (text) => {
  expect(copySourceForCos(text, "r")).toBe(text);
});
