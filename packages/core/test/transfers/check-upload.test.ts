import { describe, expect, it } from "vitest";
import { checkUpload } from "../../src/transfers/check-upload.ts";

type Given = Parameters<typeof checkUpload>[0];

describe("checkUpload()", () => {
  it.each<[string, Given]>([
    ["nothing", {}],
    ["a bucket", { Bucket: "b-1250000000" }],
    ["a key", { Key: "logs/today.gz" }],
    [
      "a whole upload, of a source that is not read",
      { Bucket: "b-1250000000", Key: "k", LocalFilePath: "/no/such/file" },
    ],
    [
      "headers",
      { StorageClass: "STANDARD_IA", Metadata: { "x-cos-meta-owner": "us" }, CacheControl: "no-store" },
    ],
  ])("accepts %s", (_, parameters) => {
    expect(() => checkUpload(parameters)).not.toThrow();
  });

  it.each<[string, string, unknown]>([
    ["RangeError", "Bucket", { Bucket: "no appid" }],
    ["RangeError", "Key", { Key: "/logs" }],
    ["RangeError", "Key", { Key: "" }],
    ["RangeError", "PartSize", { Key: "k", PartSize: 0 }],
    ["TypeError", "EnableMD5", { EnableMD5: "yes" }],
    ["TypeError", "LocalFilePath", { LocalFilePath: "a", Body: "b" }],
    ["TypeError", "Colour", { Colour: "red" }],
    ["RangeError", "headers", { headers: { authorization: "mine" } }],
  ])("is a %s that names %s for %j", (name, parameter, parameters) => {
    expect(() => checkUpload(parameters as Given)).toThrow(expect.objectContaining({ name, parameter }));
  });
});
