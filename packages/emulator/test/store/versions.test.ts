import { truncate } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BUCKET, type Rig, startRig } from "../rig.ts";
import { entriesIn, erase, get, listVersions, putVersion, setVersioning } from "../versioned-rig.ts";
import { pretendPowerCut } from "./database-file.ts";

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

test("versions, markers and their files survive a restart", async () => {
  await rig.ask({ method: "PUT", path: "/a", body: "before" });
  await setVersioning(rig, "Enabled");
  const first = await putVersion(rig, "/a", "first");
  await erase(rig, "/a");
  await erase(rig, "/only-marked");
  const listed = (await listVersions(rig)).text;
  expect(entriesIn(listed)).toHaveLength(4);
  await rig.restart();
  expect((await listVersions(rig)).text).toBe(listed);
  expect((await get(rig, "/a", first)).text).toBe("first");
  expect((await get(rig, "/a", "null")).text).toBe("before");
  expect((await get(rig, "/only-marked")).code).toBe("NoSuchKey");
  expect(await rig.dataFiles()).toHaveLength(2);
});

test("only the versions whose bytes were lost are dropped", async () => {
  await setVersioning(rig, "Enabled");
  const first = await putVersion(rig, "/a", "first");
  const [file = ""] = await rig.dataFiles();
  const second = await putVersion(rig, "/a", "second");
  await truncate(join(rig.data, "data", file), 2);
  await rig.close();
  await pretendPowerCut(rig.data);
  await rig.restart();
  expect((await get(rig, "/a", first)).code).toBe("NoSuchVersion");
  expect((await get(rig, "/a", second)).text).toBe("second");
  expect(await rig.dataFiles()).toHaveLength(1);
});

test("versions that share bytes keep them until the last one is deleted", async () => {
  await setVersioning(rig, "Enabled");
  const first = await putVersion(rig, "/a", "shared");
  const source = `${BUCKET}.cos.ap-guangzhou.myqcloud.com/a?versionId=${first}`;
  await rig.ask({ method: "PUT", path: "/b", headers: { "x-cos-copy-source": source } });
  const copy = (await get(rig, "/b")).headers["x-cos-version-id"];
  expect(await rig.dataFiles()).toHaveLength(1);
  await erase(rig, "/a", first);
  expect((await get(rig, "/b")).text).toBe("shared");
  await erase(rig, "/b");
  expect((await get(rig, "/b", copy)).text).toBe("shared");
  await erase(rig, "/b", copy);
  expect(await rig.dataFiles()).toEqual([]);
});
