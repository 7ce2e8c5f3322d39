import { expect, test } from "vitest";
import { customerKeyHeaders, mergeCallerHeaders, objectHeaders } from "../../src/params/object-headers.ts";

test("objectHeaders() sets the header of every parameter", () => {
  expect(
    objectHeaders({
      ACL: "private",
      GrantRead: 'id="1"',
      GrantFullControl: 'id="2"',
      StorageClass: "STANDARD_IA",
      Expires: "Wed, 15 Nov 2023 00:00:00 GMT",
      CacheControl: " no-cache ",
      ContentType: "text/plain",
      ContentDisposition: "attachment",
      ContentEncoding: "gzip",
      ContentLanguage: "de",
      ForbidOverwrite: true,
      Tagging: "a=b",
      Metadata: { "X-Cos-Meta-Name": "中 文" },
      headers: { "X-Cos-Server-Side-Encryption": "AES256" },
    }),
  ).toEqual({
    "x-cos-acl": "private",
    "x-cos-grant-read": 'id="1"',
    "x-cos-grant-full-control": 'id="2"',
    "x-cos-storage-class": "STANDARD_IA",
    expires: "Wed, 15 Nov 2023 00:00:00 GMT",
    "cache-control": "no-cache",
    "content-type": "text/plain",
    "content-disposition": "attachment",
    "content-encoding": "gzip",
    "content-language": "de",
    "x-cos-forbid-overwrite": "true",
    "x-cos-tagging": "a=b",
    "x-cos-meta-name": "%E4%B8%AD %E6%96%87",
    "x-cos-server-side-encryption": "AES256",
  });
});

test.each([
  ["50% ü", "50%25 %C3%BC"],
  ["ü%C3%BC", "%C3%BC%25C3%25BC"],
  ["line\nbreak\u007f", "line%0Abreak%7F"],
])("a metadata value beyond ASCII, %j, can be decoded back", (value, sent) => {
  const headers = objectHeaders({ Metadata: { "x-cos-meta-a": value } });
  expect(headers["x-cos-meta-a"]).toBe(sent);
  expect(decodeURIComponent(sent)).toBe(value);
});

test.each(["100%", "%E4%B8%AD", "a%20b", "100 % sure"])(
  "a metadata value of ASCII, %j, goes out as it is",
  (value) => {
    expect(objectHeaders({ Metadata: { "x-cos-meta-a": value } })).toEqual({ "x-cos-meta-a": value });
  },
);

test("objectHeaders() leaves out what is empty or absent", () => {
  expect(objectHeaders({ ContentType: "", CacheControl: undefined })).toEqual({});
});

test("customerKeyHeaders() are the customer's keys, which every part needs", () => {
  const customer = { "x-cos-server-side-encryption-customer-algorithm": "AES256" };
  expect(customerKeyHeaders({ ...customer, "x-cos-acl": "private", "content-type": "a/b" })).toEqual(
    customer,
  );
});

test("mergeCallerHeaders() adds the caller's headers as they are sent, and replaces those of the same name", () => {
  const given = { "Content-Type": " text/css\t", "X-Cos-Acl": "private " };
  expect(mergeCallerHeaders({ "content-type": "text/plain", range: "bytes=0-" }, given)).toEqual({
    "content-type": "text/css",
    range: "bytes=0-",
    "x-cos-acl": "private",
  });
  expect(mergeCallerHeaders({ range: "bytes=0-" }, undefined)).toEqual({ range: "bytes=0-" });
});
