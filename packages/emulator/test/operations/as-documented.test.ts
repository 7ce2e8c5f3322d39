import { afterAll, beforeAll, expect, test } from "vitest";
import { BUCKET, type Rig, startRig, textIn, textsIn } from "../rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ region: "ap-beijing" });
  rig.nowMs += 789;
  await rig.ask({ method: "PUT", path: "/a", body: "a" });
});
afterAll(() => rig.stop());

test("HEAD Bucket returns the region of the host, or else of the option", async () => {
  const inGuangzhou = await rig.ask({ method: "HEAD", path: "/" });
  expect(inGuangzhou.headers["x-cos-bucket-region"]).toBe("ap-guangzhou");
  const bare = await rig.ask({ method: "HEAD", path: `/${BUCKET}/`, host: `127.0.0.1:${rig.port}` });
  expect(bare.headers["x-cos-bucket-region"]).toBe("ap-beijing");
});

test("both listings name the same owner, by the number of the account", async () => {
  const objects = await rig.ask({ method: "GET", path: "/" });
  const versions = await rig.ask({ method: "GET", path: "/", query: { versions: "" } });
  for (const { text } of [objects, versions]) {
    expect(text).toContain("<Owner><ID>1250000000</ID><DisplayName>1250000000</DisplayName></Owner>");
    expect(textsIn(text, "ID")).toEqual(["1250000000"]);
  }
});

test("times in listings are those of Last-Modified: whole seconds", async () => {
  const { headers } = await rig.ask({ method: "HEAD", path: "/a" });
  const { text } = await rig.ask({ method: "GET", path: "/" });
  const time = textIn(text, "LastModified") ?? "";
  expect(time).toMatch(/\.000Z$/);
  expect(new Date(time).toUTCString()).toBe(headers["last-modified"]);
});
