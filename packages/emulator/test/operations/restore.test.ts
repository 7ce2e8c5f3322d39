import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BUCKET, type Rig, startRig, textIn } from "../rig.ts";
import { putVersion, setVersioning } from "../versioned-rig.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SOURCE = `${BUCKET}.cos.ap-guangzhou.myqcloud.com`;

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
  // 12:00 in Beijing.
  rig.nowMs = Date.UTC(2026, 5, 1, 4);
  await archive("/a", "ARCHIVE");
});
afterEach(() => rig.stop());

const archive = (path: string, storageClass: string) =>
  rig.ask({ method: "PUT", path, body: "cold", headers: { "x-cos-storage-class": storageClass } });
const request = (days: number | string, tier?: string): string =>
  `<RestoreRequest><Days>${days}</Days>${tier ? `<CASJobParameters><Tier>${tier}</Tier></CASJobParameters>` : ""}</RestoreRequest>`;
const restore = (path: string, body: string, query: Record<string, string> = {}) =>
  rig.ask({ method: "POST", path, query: { restore: "", ...query }, body });
const read = (path = "/a") => rig.ask({ method: "GET", path });
const head = async (path = "/a") => (await rig.ask({ method: "HEAD", path })).headers;

describe("an archived object", () => {
  test("cannot be read or copied, and HEAD describes it", async () => {
    const refused = await read();
    expect([refused.status, refused.code]).toEqual([403, "InvalidObjectState"]);
    expect(await head()).toMatchObject({ "content-length": "4", "x-cos-storage-class": "ARCHIVE" });
    expect((await head())["x-cos-restore"]).toBeUndefined();

    const headers = { "x-cos-copy-source": `${SOURCE}/a` };
    const copy = await rig.ask({ method: "PUT", path: "/b", headers });
    expect([copy.status, copy.code]).toEqual([403, "InvalidObjectState"]);
    const started = await rig.ask({ method: "POST", path: "/b", query: { uploads: "" } });
    const query = { partNumber: "1", uploadId: textIn(started.text, "UploadId") ?? "" };
    expect((await rig.ask({ method: "PUT", path: "/b", query, headers })).code).toBe("InvalidObjectState");
  });

  test("is restored after the time of its tier, until midnight in Beijing, and archived again", async () => {
    expect((await restore("/a", request(2, "Standard"))).status).toBe(202);
    expect(await head()).toMatchObject({
      "x-cos-restore": 'ongoing-request="true"',
      "x-cos-restore-status": 'tier="standard"; request-date="Mon, 01 Jun 2026 04:00:00 GMT"',
    });
    expect((await read()).code).toBe("InvalidObjectState");
    const again = await restore("/a", request(2, "Expedited"));
    expect([again.status, again.code]).toEqual([409, "RestoreAlreadyInProgress"]);

    rig.nowMs += 3 * HOUR - 1;
    expect((await read()).code).toBe("InvalidObjectState");
    rig.nowMs += 1;
    const restored = 'ongoing-request="false", expiry-date="Wed, 03 Jun 2026 16:00:00 GMT"';
    const response = await read();
    expect([response.text, response.headers["x-cos-restore"]]).toEqual(["cold", restored]);
    expect((await head())["x-cos-restore-status"]).toBeUndefined();

    rig.nowMs = Date.UTC(2026, 5, 3, 16) - 1;
    expect((await read()).text).toBe("cold");
    rig.nowMs += 1;
    expect((await read()).code).toBe("InvalidObjectState");
    expect((await head())["x-cos-restore"]).toBeUndefined();
    expect((await restore("/a", request(1, "Bulk"))).status).toBe(202);
  });

  test("is kept longer by another request: 200", async () => {
    await restore("/a", request(1, "Expedited"));
    rig.nowMs += MINUTE;
    expect((await head())["x-cos-restore"]).toContain("Tue, 02 Jun 2026 16:00:00 GMT");
    expect((await restore("/a", request(7, "Expedited"))).status).toBe(200);
    expect((await head())["x-cos-restore"]).toContain("Mon, 08 Jun 2026 16:00:00 GMT");
    expect((await read()).text).toBe("cold");
  });

  test("stays restored after a restart, and its copy is not archived", async () => {
    await restore("/a", request(1, "Expedited"));
    rig.nowMs += MINUTE;
    await rig.restart();
    expect((await read()).text).toBe("cold");
    const headers = { "x-cos-copy-source": `${SOURCE}/a` };
    expect((await rig.ask({ method: "PUT", path: "/b", headers })).status).toBe(200);
    expect((await head("/b"))["x-cos-restore"]).toBeUndefined();
    // The archived copy of a restored object is not restored.
    await rig.ask({ method: "PUT", path: "/c", headers: { ...headers, "x-cos-storage-class": "ARCHIVE" } });
    expect((await read("/c")).code).toBe("InvalidObjectState");
    rig.nowMs += 10 * DAY;
    expect((await read("/b")).text).toBe("cold");
  });

  test("has versions of its own", async () => {
    await setVersioning(rig, "Enabled");
    await putVersion(rig, "/a", "warm");
    expect((await restore("/a", request(1, "Expedited"))).code).toBe("InvalidObjectState");
    expect((await restore("/a", request(1, "Expedited"), { versionId: "null" })).status).toBe(202);
    rig.nowMs += MINUTE;
    const old = await rig.ask({ method: "GET", path: "/a", query: { versionId: "null" } });
    expect(old.text).toBe("cold");
    expect((await read()).text).toBe("warm");
  });
});

test.each([
  ["ARCHIVE", "Expedited", MINUTE],
  ["ARCHIVE", "Standard", 3 * HOUR],
  ["ARCHIVE", "Bulk", 5 * HOUR],
  ["MAZ_ARCHIVE", "Expedited", MINUTE],
  ["DEEP_ARCHIVE", "Standard", 12 * HOUR],
  ["DEEP_ARCHIVE", "Bulk", 24 * HOUR],
])("%s, %s", async (storageClass, tier, duration) => {
  await archive("/x", storageClass);
  expect((await read("/x")).code).toBe("InvalidObjectState");
  expect((await restore("/x", request(1, tier))).status).toBe(202);
  rig.nowMs += duration - 1;
  expect((await head("/x"))["x-cos-restore"]).toBe('ongoing-request="true"');
  rig.nowMs += 1;
  expect((await read("/x")).text).toBe("cold");
});

test("wrong requests are refused", async () => {
  await archive("/deep", "DEEP_ARCHIVE");
  await archive("/cold", "COLD");
  expect((await read("/cold")).text).toBe("cold");
  for (const [path, body, code] of [
    ["/a", request(0, "Standard"), "InvalidArgument"],
    ["/a", request("one", "Standard"), "InvalidArgument"],
    ["/a", request(366, "Standard"), "InvalidArgument"],
    ["/a", request(1, "Fast"), "InvalidArgument"],
    ["/a", request(1, "constructor"), "InvalidArgument"],
    ["/a", "<Restore/>", "MalformedXML"],
    ["/deep", request(1, "Expedited"), "InvalidArgument"],
    ["/cold", request(1, "Standard"), "InvalidObjectState"],
    ["/none", request(1, "Standard"), "NoSuchKey"],
  ] as const) {
    expect([path, body, (await restore(path, body)).code]).toEqual([path, body, code]);
  }
  // Without a tier it is Standard.
  expect((await restore("/a", request(1))).status).toBe(202);
  expect((await head())["x-cos-restore-status"]).toContain('tier="standard"');
});
