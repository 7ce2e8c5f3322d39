import { afterAll, beforeAll, expect, test } from "vitest";
import { type Rig, startRig, textIn, textsIn } from "../rig.ts";
import { entriesIn, erase, listVersions, put, putVersion, setVersioning } from "../versioned-rig.ts";

let rig: Rig;
const ids: Record<string, string> = {};
beforeAll(async () => {
  rig = await startRig();
  await put(rig, "/plain", "x");
});
afterAll(() => rig.stop());

test("a bucket where versioning was never enabled has one version of each object, without id", async () => {
  const listed = await listVersions(rig);
  expect(entriesIn(listed.text)).toEqual(["plain:*"]);
  expect(textIn(listed.text, "Size")).toBe("1");
  const [owner] = textsIn(listed.text, "ID");
  expect(owner).toBe("1250000000");
});

test("versions and markers by key, the newest first", async () => {
  await setVersioning(rig, "Enabled");
  ids.b1 = await putVersion(rig, "/b", "1");
  ids.b2 = await putVersion(rig, "/b", "2");
  ids.b3 = (await erase(rig, "/b")).headers["x-cos-version-id"] ?? "";
  ids.d1 = await putVersion(rig, "/dir/%E4%B8%AD", "1");
  ids.d2 = await putVersion(rig, "/dir/%E4%B8%AD", "2");
  const listed = await listVersions(rig);
  expect(entriesIn(listed.text)).toEqual([
    `-b:${ids.b3}*`,
    `b:${ids.b2}`,
    `b:${ids.b1}`,
    `dir/中:${ids.d2}*`,
    `dir/中:${ids.d1}`,
    "plain:null*",
  ]);
  expect(textIn(listed.text, "IsTruncated")).toBe("false");
  expect(entriesIn((await listVersions(rig, { prefix: "dir/", "encoding-type": "url" })).text)).toEqual([
    `dir%2F%E4%B8%AD:${ids.d2}*`,
    `dir%2F%E4%B8%AD:${ids.d1}`,
  ]);
});

test("pages go on from the version that they name, within a key", async () => {
  const seen: string[] = [];
  let markers: Record<string, string> = {};
  for (let page = 0; page < 10; page++) {
    const { text } = await listVersions(rig, { "max-keys": "2", ...markers });
    seen.push(...entriesIn(text));
    expect(textIn(text, "KeyMarker")).toBe(markers["key-marker"] ?? "");
    if (textIn(text, "IsTruncated") === "false") break;
    markers = {
      "key-marker": textIn(text, "NextKeyMarker") ?? "",
      "version-id-marker": textIn(text, "NextVersionIdMarker") ?? "",
    };
  }
  expect(seen).toEqual(entriesIn((await listVersions(rig)).text));
});

test("a key marker alone goes on with the next key", async () => {
  const { text } = await listVersions(rig, { "key-marker": "b", "max-keys": "1" });
  expect(entriesIn(text)).toEqual([`dir/中:${ids.d2}*`]);
});

test("a marker whose version is gone goes on with the older ones", async () => {
  await erase(rig, "/b", ids.b2);
  const { text } = await listVersions(rig, { "key-marker": "b", "version-id-marker": ids.b2 ?? "" });
  expect(entriesIn(text)[0]).toBe(`b:${ids.b1}`);
  const wrong = await listVersions(rig, { "key-marker": "b", "version-id-marker": "abc" });
  expect(wrong.code).toBe("InvalidArgument");
});

test("a delimiter groups keys, each group counts once, and a page can end at a group", async () => {
  await putVersion(rig, "/dir2/x", "1");
  const first = await listVersions(rig, { delimiter: "/", prefix: "dir", "max-keys": "1" });
  expect(textsIn(first.text, "Prefix")).toEqual(["dir", "dir/"]);
  expect([textIn(first.text, "NextKeyMarker"), textIn(first.text, "NextVersionIdMarker")]).toEqual([
    "dir/",
    "",
  ]);
  const second = await listVersions(rig, {
    delimiter: "/",
    prefix: "dir",
    "key-marker": "dir/",
    "version-id-marker": "",
  });
  expect(textsIn(second.text, "Prefix")).toEqual(["dir", "dir2/"]);
  expect(textIn(second.text, "IsTruncated")).toBe("false");
});
