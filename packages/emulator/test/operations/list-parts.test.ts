import { describe, expect, test } from "vitest";
import { BUCKET, textIn, textsIn } from "../rig.ts";
import { initiate, list, part, quoted, rig, useRig } from "./multipart-rig.ts";

useRig();

describe("ListParts", () => {
  test("pages by number and names every element", async () => {
    const uploadId = await initiate("/pages", { "x-cos-storage-class": "STANDARD_IA" });
    for (const n of [2, 10, 1, 30]) await part("/pages", uploadId, n, `part ${n}`);
    const all = await list("/pages", uploadId);
    expect(textsIn(all.text, "PartNumber")).toEqual(["1", "2", "10", "30"]);
    for (const [name, text] of [
      ["Bucket", BUCKET],
      ["Key", "pages"],
      ["UploadId", uploadId],
      ["PartNumberMarker", "0"],
      ["StorageClass", "STANDARD_IA"],
      ["MaxParts", "1000"],
      ["IsTruncated", "false"],
      ["Size", "6"],
      ["ETag", quoted("part 1")],
      ["LastModified", new Date(rig.nowMs).toISOString()],
    ] as const) {
      expect([name, textIn(all.text, name)]).toEqual([name, text]);
    }
    expect(all.text).toContain("<Initiator><ID>qcs::cam::uin/1250000000:uin/1250000000</ID><DisplayName>");
    expect(all.text).toContain("<Owner><ID>");

    const seen: string[] = [];
    for (let marker = "0"; ; ) {
      const page = await list("/pages", uploadId, { "max-parts": "3", "part-number-marker": marker });
      seen.push(...textsIn(page.text, "PartNumber"));
      if (textIn(page.text, "IsTruncated") === "false") break;
      marker = textIn(page.text, "NextPartNumberMarker") ?? "";
    }
    expect(seen).toEqual(["1", "2", "10", "30"]);
  });

  test("escapes the key with encoding-type=url and checks its parameters", async () => {
    const uploadId = await initiate("/a%20b/%E4%B8%AD");
    const response = await list("/a%20b/%E4%B8%AD", uploadId, { "encoding-type": "url" });
    expect(textIn(response.text, "Key")).toBe("a%20b%2F%E4%B8%AD");
    expect(textIn(response.text, "Encoding-type")).toBe("url");
    expect(textIn((await list("/a%20b/%E4%B8%AD", uploadId)).text, "Key")).toBe("a b/中");
    for (const query of [
      { "max-parts": "0" },
      { "max-parts": "x" },
      { "part-number-marker": "-1" },
      { "encoding-type": "base64" },
    ]) {
      const refused = await list("/a%20b/%E4%B8%AD", uploadId, query as Record<string, string>);
      expect([refused.status, refused.code]).toEqual([400, "InvalidArgument"]);
    }
    expect((await list("/any", "")).code).toBe("ListPartUploadIdIsEmpty");
  });
});
