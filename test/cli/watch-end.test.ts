import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Middleware } from "@cosup/emulator";
import { afterEach, beforeEach, expect, it } from "vitest";
import { BUCKET, openRig, type Rig } from "./rig.ts";

const AT = `cos://${BUCKET}/site/`;
const refuse: Middleware = (call, next) => {
  if (!call.key.endsWith("bad")) return next();
  const body = "<Error><Code>InvalidArgument</Code><Message>by the test</Message></Error>";
  return Promise.resolve({ status: 400, headers: { "Content-Type": "application/xml" }, body });
};

let rig: Rig;
beforeEach(async () => {
  rig = await openRig([refuse]);
  await mkdir(join(rig.folder, "site"));
  await writeFile(join(rig.folder, "site/a"), "1");
});
afterEach(() => rig.close());

it("a watch that ends after a failure says that some changes are not copied", async () => {
  await writeFile(join(rig.folder, "site/bad"), "1");
  const running = rig.start(["sync", "site", AT, "--watch"]);
  await running.said(/^cosup: watching site; press Ctrl-C to stop$/);
  running.child.kill("SIGINT");
  const { code, stderr } = await running.ended;
  expect(code).toBe(130);
  expect(stderr).toMatch(/stopped watching; some changes are not copied yet: sync again to copy them\n$/);
});

it("a watch whose folder is gone ends, and deletes nothing", async () => {
  const running = rig.start(["sync", "site", AT, "--watch", "--delete"]);
  await running.said(/^cosup: watching /);
  await rename(join(rig.folder, "site"), join(rig.folder, "elsewhere"));
  const { code, stderr } = await running.ended;
  expect(code).toBe(4);
  expect(stderr).toMatch(/^cosup: site was removed or replaced: nothing was deleted$/m);
  expect(rig.requests.filter((request) => request.startsWith("Delete"))).toEqual([]);
});
