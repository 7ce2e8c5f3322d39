import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { md5, type Rig, startRig, textIn, textsIn } from "../rig.ts";
import { get, putVersion, setVersioning } from "../versioned-rig.ts";

const DAY = 24 * 60 * 60 * 1000;

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

const put = (path: string, headers: Record<string, string> = {}) =>
  rig.ask({ method: "PUT", path, body: "x", headers });
const keys = async () => textsIn((await rig.ask({ method: "GET", path: "/" })).text, "Key");
const send = (method: string, name: string, body: string | Uint8Array, path = "/") =>
  rig.ask({ method, path, query: { [name]: "" }, body, headers: { "content-md5": md5(body, "base64") } });
const deleteAll = (...objects: string[]) =>
  send(
    "POST",
    "delete",
    `<Delete>${objects.map((object) => `<Object>${object}</Object>`).join("")}</Delete>`,
  );

describe("a lifecycle rule that is not understood deletes nothing", () => {
  const EXPIRE = "<Expiration><Days>1</Days></Expiration>";
  const STATUS = "<Status>Enabled</Status>";
  const filter = (inside: string) => `${STATUS}<Filter>${inside}</Filter>${EXPIRE}`;

  test.each([
    ["without a filter", `${STATUS}${EXPIRE}`],
    ["the old form of S3", `<Prefix>tmp/</Prefix>${STATUS}${EXPIRE}`],
    ["two prefixes", filter("<Prefix>tmp/</Prefix><Prefix>log/</Prefix>")],
    ["two filters", `<Filter><Prefix>a</Prefix></Filter>${filter("<Prefix>tmp/</Prefix>")}`],
    ["a lower-case name", filter("<prefix>tmp/</prefix>")],
    ["a prefix that holds an element", filter("<Prefix><a>tmp/</a></Prefix>")],
    ["an unknown condition", filter("<Foo>tmp/</Foo>")],
    ["text instead of a condition", filter("tmp/")],
    ["a condition beside And", filter("<Prefix>tmp/</Prefix><And></And>")],
    ["an unknown condition in And", filter("<And><prefix>tmp/</prefix></And>")],
    ["two And", filter("<And><Prefix>tmp/</Prefix></And><And><Prefix>log/</Prefix></And>")],
    ["an unknown element in a tag", filter("<Tag><Key>a</Key><Value>b</Value><Not>1</Not></Tag>")],
    ["an unknown element in the rule", `<Only>tmp/</Only>${filter("")}`],
    ["another status", filter("").replace(STATUS, `${STATUS}<Status>Disabled</Status>`)],
    ["an unknown element in the expiration", filter("").replace("</Days>", "</Days><Keep>1</Keep>")],
  ])("%s", async (_what, rule) => {
    await put("/keep");
    await put("/tmp/x");
    const body = `<LifecycleConfiguration><Rule>${rule}</Rule></LifecycleConfiguration>`;
    const response = await send("PUT", "lifecycle", body);
    expect([response.status, response.code]).toEqual([400, "MalformedXML"]);
    rig.nowMs += 3 * DAY;
    expect(await keys()).toEqual(["keep", "tmp/x"]);
  });

  test("white space belongs to a prefix and to a tag, and not to a number", async () => {
    await put("/%20a");
    await put("/a", { "x-cos-tagging": "k=v" });
    await put("/b", { "x-cos-tagging": "k%20=v%20" });
    const rules = [filter("<Prefix> a</Prefix>"), filter("\n<Tag><Key>k </Key><Value>v </Value></Tag>\n")];
    const body = `<LifecycleConfiguration>${rules.map((rule) => `<Rule>${rule}</Rule>`).join("\n")}</LifecycleConfiguration>`;
    const spaced = body.replaceAll("<Days>1<", "<Days>\n 1 <").replaceAll(">Enabled<", "> Enabled <");
    expect((await send("PUT", "lifecycle", spaced)).status).toBe(200);
    rig.nowMs += 3 * DAY;
    expect(await keys()).toEqual(["a"]);
  });

  test("a filter without conditions selects everything", async () => {
    await put("/a");
    const body = `<LifecycleConfiguration><Rule>${filter("")}</Rule></LifecycleConfiguration>`;
    expect((await send("PUT", "lifecycle", body)).status).toBe(200);
    rig.nowMs += 3 * DAY;
    expect(await keys()).toEqual([]);
  });
});

describe("a deletion of several keys", () => {
  test("takes keys as they are written", async () => {
    for (const path of ["/report", "/report%20", "/%20", "/a%26b", "/a%26amp%3Bb"]) await put(path);
    const response = await deleteAll("<Key>report </Key>", "<Key> </Key>", "<Key>a<![CDATA[&amp;]]>b</Key>");
    expect(textsIn(response.text, "Key")).toEqual(["report ", " ", "a&amp;amp;b"]);
    expect(await keys()).toEqual(["a&amp;b", "report"]);
  });

  test.each([
    ["two version ids", "<Key>k</Key><VersionId>ID</VersionId><VersionId>ID</VersionId>"],
    ["a version id that holds an element", "<Key>k</Key><VersionId><a>ID</a></VersionId>"],
    ["another spelling of the version id", "<Key>k</Key><versionId>ID</versionId>"],
    ["an unknown condition", "<Key>k</Key><ETag>1</ETag>"],
    ["two keys", "<Key>k</Key><Key>other</Key>"],
    ["an unknown entity", "<Key>&k;</Key>"],
    ["half a surrogate pair", "<Key>&#xD800;</Key>"],
    ["text beside the key", "<Key>k</Key>ID"],
  ])("that is not understood deletes nothing: %s", async (_what, object) => {
    await setVersioning(rig, "Enabled");
    await rig.ask({ method: "PUT", path: "/%EF%BF%BD", body: "replacement" });
    const first = await putVersion(rig, "/k", "first");
    await putVersion(rig, "/k", "second");
    const response = await deleteAll("<Key>other</Key>", object.replaceAll("ID", first));
    expect([response.status, response.code]).toEqual([400, "MalformedXML"]);
    expect((await get(rig, "/k")).text).toBe("second");
    expect((await get(rig, "/k", first)).text).toBe("first");
    expect((await get(rig, "/%EF%BF%BD")).text).toBe("replacement");
  });

  test("nor does one that is not UTF-8", async () => {
    await put("/%EF%BF%BD");
    const body = Buffer.concat([
      Buffer.from("<Delete><Object><Key>"),
      Buffer.from([0xff]),
      Buffer.from("</Key></Object></Delete>"),
    ]);
    expect((await send("POST", "delete", body)).code).toBe("MalformedXML");
    expect(await keys()).toEqual(["\ufffd"]);
  });

  test("a version id of white space is none of the key's", async () => {
    await put("/k");
    await deleteAll("<Key>k</Key><VersionId> </VersionId>");
    expect(await keys()).toEqual(["k"]);
  });

  test("keys that no object can have are refused one by one", async () => {
    await put("/k");
    const long = "k".repeat(851);
    const response = await deleteAll(
      `<Key>${long}</Key>`,
      "<Key>/k</Key>",
      "<Key>a&#27;</Key>",
      "<Key>k</Key>",
    );
    expect(response.status).toBe(200);
    expect(textsIn(response.text, "Code")).toEqual(["KeyTooLong", "InvalidObjectName", "InvalidObjectName"]);
    expect(textsIn(response.text, "Deleted")).toHaveLength(0);
    expect(response.text).toContain("<Deleted><Key>k</Key></Deleted>");
    expect(await keys()).toEqual([]);
  });
});

describe("other documents", () => {
  test("white space and CDATA belong to a tag", async () => {
    await put("/k");
    const body =
      "<Tagging><TagSet><Tag><Key>a <![CDATA[&lt;]]></Key><Value> b </Value></Tag></TagSet></Tagging>";
    expect((await send("PUT", "tagging", body, "/k")).status).toBe(200);
    const { text } = await rig.ask({ method: "GET", path: "/k", query: { tagging: "" } });
    expect([textIn(text, "Key"), textIn(text, "Value")]).toEqual(["a &amp;lt;", " b "]);
  });

  test.each([
    ["a tag in lower case", "tagging", "<Tagging><TagSet><tag><Key>a</Key></tag></TagSet></Tagging>"],
    ["two sets of tags", "tagging", "<Tagging><TagSet></TagSet><TagSet></TagSet></Tagging>"],
    [
      "a grant in lower case",
      "acl",
      "<AccessControlPolicy><AccessControlList><grant/></AccessControlList></AccessControlPolicy>",
    ],
  ])("are refused: %s", async (_what, name, body) => {
    await put("/k", { "x-cos-tagging": "a=b", "x-cos-acl": "public-read" });
    expect((await send("PUT", name, body, "/k")).code).toBe("MalformedXML");
    const read = await rig.ask({ method: "GET", path: "/k", sign: false });
    expect([read.status, read.headers["x-cos-tagging-count"]]).toEqual([200, "1"]);
  });

  test("a part in lower case is not left out of the object", async () => {
    const query = { uploads: "" };
    const uploadId = textIn((await rig.ask({ method: "POST", path: "/k", query })).text, "UploadId") ?? "";
    const part = (number: string, name: string) =>
      `<${name}><PartNumber>${number}</PartNumber><ETag>${md5("x")}</ETag></${name}>`;
    for (const partNumber of ["1", "2"]) {
      await rig.ask({ method: "PUT", path: "/k", query: { partNumber, uploadId }, body: "x" });
    }
    const body = `<CompleteMultipartUpload>${part("1", "Part")}${part("2", "part")}</CompleteMultipartUpload>`;
    const response = await rig.ask({ method: "POST", path: "/k", query: { uploadId }, body });
    expect(response.code).toBe("MalformedXML");
  });
});
