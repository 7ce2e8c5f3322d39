import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ask, md5, type Rig, startRig, textIn } from "./rig.ts";

let rig: Rig;
let uploadId: string;
beforeAll(async () => {
  rig = await startRig();
  await rig.ask({ method: "PUT", path: "/k", body: "x" });
  const started = await rig.ask({ method: "POST", path: "/k", query: { uploads: "" } });
  uploadId = textIn(started.text, "UploadId") ?? "";
});
afterAll(() => rig.stop());

const deep = (levels: number, inner: string) => "<a>".repeat(levels) + inner + "</a>".repeat(levels);

describe("a request document is MalformedXML, never a failure of the emulator", () => {
  const operations = (): [root: string, ask: Omit<Ask, "body">][] => [
    ["CompleteMultipartUpload", { method: "POST", path: "/k", query: { uploadId } }],
    ["Tagging", { method: "PUT", path: "/k", query: { tagging: "" } }],
    ["AccessControlPolicy", { method: "PUT", path: "/k", query: { acl: "" } }],
    ["Delete", { method: "POST", path: "/", query: { delete: "" } }],
  ];
  test.each<[string, (root: string) => string]>([
    ["too deep", (root) => `<${root}>${deep(500, "")}</${root}>`],
    ["of a deep root", () => deep(500, "")],
    ["with __proto__ inside", (root) => `<${root}><__proto__><x>1</x></__proto__></${root}>`],
    ["with __proto__ as root", () => "<__proto__><Part>1</Part></__proto__>"],
    [
      "with constructor and prototype",
      (root) => `<${root}><constructor><prototype/></constructor></${root}>`,
    ],
    ["with hasOwnProperty", (root) => `<${root}><hasOwnProperty>1</hasOwnProperty></${root}>`],
    ["with toString as list", (root) => `<${root}><Part><toString/></Part><Tag/><Object/><Grant/></${root}>`],
    ["that is not closed", (root) => `<${root}><Part>`],
    ["with a document type", (root) => `<!DOCTYPE x><${root}></${root}>`],
    ["of another root", () => "<Other></Other>"],
    ["that is empty", () => ""],
    ["that is no XML", () => "{}"],
  ])("%s", async (_name, make) => {
    for (const [root, ask] of operations()) {
      const body = make(root);
      const response = await rig.ask({ ...ask, body, headers: { "content-md5": md5(body, "base64") } });
      expect([root, response.status, response.code]).toEqual([root, 400, "MalformedXML"]);
    }
    expect(rig.log.filter((line) => line.startsWith("bug"))).toEqual([]);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});
