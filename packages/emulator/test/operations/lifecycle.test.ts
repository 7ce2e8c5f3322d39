import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { md5, type Rig, startRig, textIn, textsIn } from "../rig.ts";
import { entriesIn, listVersions, setVersioning } from "../versioned-rig.ts";

const DAY = 24 * 60 * 60 * 1000;
/** A midnight in Beijing. */
const MIDNIGHT = Date.UTC(2026, 5, 1, 16);

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
  rig.nowMs = MIDNIGHT + 1000;
});
afterEach(() => rig.stop());

const configure = (...rules: string[]) => {
  const body = `<LifecycleConfiguration>${rules.map((rule) => `<Rule>${rule}</Rule>`).join("")}</LifecycleConfiguration>`;
  const headers = { "content-md5": md5(body, "base64") };
  return rig.ask({ method: "PUT", path: "/", query: { lifecycle: "" }, body, headers });
};
const get = () => rig.ask({ method: "GET", path: "/", query: { lifecycle: "" } });
const ABORT =
  "<AbortIncompleteMultipartUpload><DaysAfterInitiation>2</DaysAfterInitiation></AbortIncompleteMultipartUpload>";
const EXPIRE = "<Expiration><Days>2</Days></Expiration>";
const rule = (prefix: string, actions: string, more = "<ID>r</ID><Status>Enabled</Status>") =>
  `${more}<Filter><Prefix>${prefix}</Prefix></Filter>${actions}`;
const initiate = async (path: string) =>
  textIn((await rig.ask({ method: "POST", path, query: { uploads: "" } })).text, "UploadId") ?? "";
const uploads = async () =>
  textsIn((await rig.ask({ method: "GET", path: "/", query: { uploads: "" } })).text, "UploadId");
const keys = async () => textsIn((await rig.ask({ method: "GET", path: "/" })).text, "Key");
const put = (path: string, headers: Record<string, string> = {}) =>
  rig.ask({ method: "PUT", path, body: "x", headers });

describe("the configuration", () => {
  test("is stored, returned, replaced and removed, and survives a restart", async () => {
    const none = await get();
    expect([none.status, none.code]).toEqual([404, "NoSuchLifecycleConfiguration"]);
    const tags = "<Tag><Key>a</Key><Value>1</Value></Tag><Tag><Key>b</Key><Value>2</Value></Tag>";
    expect(
      (
        await configure(
          rule("tmp/", ABORT),
          `<ID>two</ID><Status>Disabled</Status><Filter><And><Prefix>p</Prefix>${tags}</And></Filter>${EXPIRE}`,
          rule(
            "",
            "<Expiration><Date>2027-01-01T00:00:00+08:00</Date></Expiration>",
            "<Status>Enabled</Status>",
          ),
        )
      ).status,
    ).toBe(200);
    await rig.restart();
    const { text } = await get();
    expect(textsIn(text, "ID")).toEqual(["r", "two", "rule-3"]);
    expect(textsIn(text, "Status")).toEqual(["Enabled", "Disabled", "Enabled"]);
    expect(text).toContain(`<Filter><Prefix>tmp/</Prefix></Filter>`);
    expect(text).toContain(ABORT);
    expect(text).toContain(`<And><Prefix>p</Prefix>${tags}</And>`);
    expect(text).toContain(EXPIRE);
    expect(textIn(text, "Date")).toBe("2027-01-01T00:00:00+08:00");

    await configure(rule("new/", ABORT));
    expect(textsIn((await get()).text, "Prefix")).toEqual(["new/"]);
    const erase = { method: "DELETE", path: "/", query: { lifecycle: "" } };
    expect((await rig.ask(erase)).status).toBe(204);
    expect((await rig.ask(erase)).status).toBe(204);
    expect((await get()).code).toBe("NoSuchLifecycleConfiguration");
  });

  test("actions and filters that only COS has are refused by name", async () => {
    const days = "<Days>1</Days><StorageClass>ARCHIVE</StorageClass>";
    for (const [name, actions] of [
      ["Transition", `<Transition>${days}</Transition>`],
      [
        "NoncurrentVersionTransition",
        `${EXPIRE}<NoncurrentVersionTransition>${days}</NoncurrentVersionTransition>`,
      ],
      [
        "NoncurrentVersionExpiration",
        "<NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays></NoncurrentVersionExpiration>",
      ],
      [
        "ExpiredObjectDeleteMarker",
        "<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>",
      ],
    ] as const) {
      const refused = await configure(rule("", actions));
      expect([refused.status, refused.code]).toEqual([501, "NotImplemented"]);
      expect(textIn(refused.text, "Message")).toContain(name);
    }
    const sized = `<Status>Enabled</Status><Filter><And><ObjectSizeLessThan>1</ObjectSizeLessThan></And></Filter>${EXPIRE}`;
    expect(textIn((await configure(sized)).text, "Message")).toContain("ObjectSizeLessThan");
    expect((await get()).code).toBe("NoSuchLifecycleConfiguration");
  });

  test("wrong documents are refused", async () => {
    for (const [rules, code] of [
      [[], "MalformedXML"],
      [[rule("", "")], "MalformedXML"],
      [[rule("", ABORT, "<Status>On</Status>")], "MalformedXML"],
      [[rule("", ABORT), rule("", ABORT)], "InvalidArgument"],
      [[rule("", EXPIRE.replace("2", "0"))], "InvalidArgument"],
      [[rule("", "<Expiration/>")], "InvalidArgument"],
      [[rule("", "<Expiration><Date>soon</Date></Expiration>")], "MalformedXML"],
      [[rule("", "<Expiration><Date>2027-01-01T00:00:00Z</Date></Expiration>")], "InvalidArgument"],
    ] as const) {
      expect([rules, (await configure(...rules)).code]).toEqual([rules, code]);
    }
  });
});

describe("AbortIncompleteMultipartUpload", () => {
  test("ends uploads at midnight after the days since they were initiated, with their parts", async () => {
    await configure(rule("tmp/", ABORT));
    const old = await initiate("/tmp/old");
    const other = await initiate("/other");
    const query = { partNumber: "1", uploadId: old };
    await rig.ask({ method: "PUT", path: "/tmp/old", query, body: "part" });
    rig.nowMs += DAY;
    const young = await initiate("/tmp/young");

    rig.nowMs = MIDNIGHT + 3 * DAY - 1;
    expect((await uploads()).sort()).toEqual([old, other, young].sort());
    rig.nowMs += 1;
    expect((await rig.ask({ method: "PUT", path: "/tmp/old", query, body: "more" })).code).toBe(
      "NoSuchUpload",
    );
    expect((await uploads()).sort()).toEqual([other, young].sort());
    expect(await rig.dataFiles()).toEqual([]);
    rig.nowMs += DAY;
    expect(await uploads()).toEqual([other]);
  });

  test("is carried out after a start, and at once for new rules", async () => {
    await initiate("/a");
    rig.nowMs += 10 * DAY;
    expect(await uploads()).toHaveLength(1);
    await configure(rule("", ABORT, "<Status>Disabled</Status>"));
    expect(await uploads()).toHaveLength(1);
    await configure(rule("", ABORT));
    await rig.restart();
    expect(await uploads()).toEqual([]);
    await initiate("/b");
    expect(await uploads()).toHaveLength(1);
  });
});

describe("Expiration", () => {
  test("deletes the objects that prefix and tags select", async () => {
    const tag = "<Tag><Key>keep</Key><Value>no</Value></Tag>";
    await configure(
      rule("tmp/", EXPIRE),
      `<ID>tagged</ID><Status>Enabled</Status><Filter>${tag}</Filter>${EXPIRE}`,
    );
    await put("/tmp/a");
    await put("/b");
    await put("/c", { "x-cos-tagging": "keep=no&x=y" });
    await put("/d", { "x-cos-tagging": "keep=yes" });
    await rig.ask({ method: "POST", path: "/tmp/log", query: { append: "", position: "0" }, body: "x" });
    rig.nowMs = MIDNIGHT + 2 * DAY;
    await put("/tmp/written-again");
    rig.nowMs = MIDNIGHT + 3 * DAY - 1;
    expect(await keys()).toEqual(["b", "c", "d", "tmp/a", "tmp/log", "tmp/written-again"]);
    rig.nowMs += 1;
    expect((await rig.ask({ method: "GET", path: "/tmp/a" })).code).toBe("NoSuchKey");
    // Appendable objects have no lifecycle.
    expect(await keys()).toEqual(["b", "d", "tmp/log", "tmp/written-again"]);
    expect(await rig.dataFiles()).toHaveLength(4);
  });

  test("at a date", async () => {
    await configure(rule("", "<Expiration><Date>2026-06-05T00:00:00+08:00</Date></Expiration>"));
    await put("/a");
    rig.nowMs = Date.UTC(2026, 5, 4, 16) - 1;
    expect(await keys()).toEqual(["a"]);
    rig.nowMs += 1;
    expect(await keys()).toEqual([]);
  });

  test("adds a delete marker where versioning is enabled", async () => {
    await setVersioning(rig, "Enabled");
    await configure(rule("", EXPIRE));
    const id = (await put("/a")).headers["x-cos-version-id"];
    rig.nowMs += 10 * DAY;
    expect(await keys()).toEqual([]);
    const [marker, version] = entriesIn((await listVersions(rig)).text);
    expect([marker?.startsWith("-a:"), version]).toEqual([true, `a:${id}`]);
    rig.nowMs += 10 * DAY;
    expect(entriesIn((await listVersions(rig)).text)).toHaveLength(2);
  });
});
