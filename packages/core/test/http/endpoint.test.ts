import { describe, expect, test } from "vitest";
import { Endpoint } from "../../src/http/endpoint.ts";
import { thrown } from "../support/caught.ts";

const Bucket = "examplebucket-1250000000";

test("Endpoint.address() of the default endpoint", () => {
  const endpoint = new Endpoint(undefined, "ap-guangzhou", "https");
  expect(endpoint.address(Bucket, "a/../b c", [["uploads", ""]], false)).toEqual({
    url: `https://${Bucket}.cos.ap-guangzhou.myqcloud.com/a/..%2Fb%20c?uploads=`,
    host: `${Bucket}.cos.ap-guangzhou.myqcloud.com`,
    pathname: "/a/../b c",
  });
});

test("Endpoint.address() escapes names and values of the query", () => {
  const endpoint = new Endpoint(undefined, "ap-guangzhou", "http");
  const { url } = endpoint.address(
    Bucket,
    "",
    [
      ["prefix", "中/ +&="],
      ["key-marker", "a"],
    ],
    false,
  );
  expect(url).toBe(
    `http://${Bucket}.cos.ap-guangzhou.myqcloud.com/?prefix=%E4%B8%AD%2F%20%2B%26%3D&key-marker=a`,
  );
});

test("Endpoint.address() of the backup domain has another host and the same path", () => {
  const endpoint = new Endpoint(undefined, "ap-guangzhou", "https");
  expect(endpoint.address(Bucket, "a", [], true)).toEqual({
    url: `https://${Bucket}.cos.ap-guangzhou.tencentcos.cn/a`,
    host: `${Bucket}.cos.ap-guangzhou.tencentcos.cn`,
    pathname: "/a",
  });
});

test("Endpoint.address() of a path-style endpoint signs the bucket as part of the path", () => {
  const endpoint = new Endpoint("http://127.0.0.1:9000/{Bucket}", undefined, "https");
  expect(endpoint.address(Bucket, "a b", [], true)).toEqual({
    url: `http://127.0.0.1:9000/${Bucket}/a%20b`,
    host: "127.0.0.1:9000",
    pathname: `/${Bucket}/a b`,
  });
});

test("Endpoint.address() of a custom domain needs no region and leaves the default port out", () => {
  const endpoint = new Endpoint("https://assets.example.com:443/", undefined, "http");
  expect(endpoint.address(Bucket, "a", [], false)).toMatchObject({
    url: "https://assets.example.com/a",
    host: "assets.example.com",
  });
});

test.each([
  [undefined, "ap-guangzhou", true],
  [undefined, "accelerate", false],
  ["https://{Bucket}.cos.{Region}.myqcloud.com", "ap-guangzhou", false],
])("Endpoint.hasBackup of template %j in region %s is %s", (template, region, expected) => {
  expect(new Endpoint(template, region, "https").hasBackup).toBe(expected);
});

test("Endpoint.inRegion() keeps the template and replaces the region", () => {
  const endpoint = new Endpoint(undefined, "ap-guangzhou", "https");
  expect(endpoint.inRegion("ap-beijing").address(Bucket, "a", [], false).host).toBe(
    `${Bucket}.cos.ap-beijing.myqcloud.com`,
  );
  expect(endpoint.inRegion("ap-guangzhou")).toBe(endpoint);
});

describe("serviceOf()", () => {
  const bucket = "examplebucket-1250000000";

  test.each([
    undefined,
    "http://{Bucket}.cos.{Region}.myqcloud.com",
    "https://{Bucket}.cos.{Region}.tencentcos.cn",
    "https://{Bucket}.cos.accelerate.myqcloud.com",
    "https://examplebucket-1250000000.cos.ap-shanghai.myqcloud.com",
  ])("is empty for COS itself: %s", (template) => {
    expect(new Endpoint(template, "ap-guangzhou", "https").serviceOf(bucket)).toBe("");
  });

  test.each([
    ["http://127.0.0.1:9000/{Bucket}/", `http://127.0.0.1:9000/${bucket}`],
    ["https://uploads.example.com", "https://uploads.example.com"],
    [
      "https://{Bucket}.cos.{Region}.myqcloud.com.example.com",
      `https://${bucket}.cos.ap-guangzhou.myqcloud.com.example.com`,
    ],
  ])("of %s is its scheme, host and path", (template, service) => {
    expect(new Endpoint(template, "ap-guangzhou", "https").serviceOf(bucket)).toBe(service);
  });
});

describe("new Endpoint()", () => {
  test.each([
    ["ftp://{Bucket}.example.com", "http or https"],
    ["https://user:secret@example.com", "without user"],
    ["https://example.com/?a=b", "without user, query or fragment"],
    ["https://example.com/#a", "without user, query or fragment"],
    ["https://{bucket}.example.com", "only {Bucket} and {Region} are known"],
    ["https://{Bucket.example.com", "only {Bucket} and {Region} are known"],
    ["example.com", "must be a URL template"],
    ["", "must be a URL template"],
    ["https://{Bucket} .example.com", "must be a URL template"],
  ])("refuses the template %j", (template, accepted) => {
    const error = thrown(() => new Endpoint(template, "ap-guangzhou", "https"));
    expect(error instanceof TypeError || error instanceof RangeError).toBe(true);
    expect((error as Error).message).toMatch(/^Endpoint: must be a URL template/);
    expect((error as Error).message).toContain(accepted);
    expect((error as Error).message).not.toContain("secret");
  });

  test.each([undefined, "https://{Bucket}.cos.{Region}.example.com"])("needs a region for %j", (template) => {
    expect(thrown(() => new Endpoint(template, undefined, "https"))).toMatchObject({
      name: "TypeError",
      parameter: "Region",
    });
  });
});
