import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Middleware } from "@cosup/emulator";
import { afterEach, beforeEach, expect, it } from "vitest";
import { BUCKET, jsonLines, openRig, type Rig, summaryOf } from "./rig.ts";

let rig: Rig;
const AT = `cos://${BUCKET}`;
/** The status and the response to every request that deletes several objects. */
let refusal: { readonly status: number; readonly body: string } | undefined;

const refuse: Middleware = async (call, next) => {
  if (refusal === undefined || call.operation !== "DeleteMultipleObjects") return next();
  return { ...refusal, headers: { "Content-Type": "application/xml" } };
};
const WHY = "<Code>AccessDenied</Code><Message>by the test</Message>";

beforeEach(async () => {
  refusal = undefined;
  rig = await openRig([refuse]);
  await writeFile(join(rig.folder, "a.txt"), "a");
  for (const key of ["dir/a", "dir/sub/b", "dir", "directory/c"])
    await rig.run(["cp", "a.txt", `${AT}/${key}`]);
});
afterEach(() => rig.close());

async function keys(): Promise<unknown[]> {
  const run = await rig.run(["ls", "-r", "--json", AT]);
  return jsonLines(run).flatMap(({ type, key }) => (type === "listed" ? [key] : []));
}

it("rm deletes the objects that it is given, by one request each", async () => {
  const run = await rig.run(["rm", `${AT}/dir/a`, `${AT}/directory/c`]);
  expect(run).toEqual({ code: 0, stdout: `deleted ${AT}/dir/a\ndeleted ${AT}/directory/c\n`, stderr: "" });
  expect(await keys()).toEqual(["dir", "dir/sub/b"]);
  expect(rig.requests.filter((request) => request.startsWith("Delete"))).toHaveLength(2);
});

it("rm -r deletes what is below the folder, and neither an object nor a folder whose name begins alike", async () => {
  const run = await rig.run(["rm", "-r", `${AT}/dir`, "--yes"]);
  expect(run).toMatchObject({ code: 0, stderr: "" });
  expect(run.stdout).toMatch(/2 objects deleted\n$/);
  expect(await keys()).toEqual(["dir", "directory/c"]);
});

it("rm -r --dry-run lists, asks nothing and deletes nothing", async () => {
  const run = await rig.run(["rm", "-r", `${AT}/dir/`, "-n", "--json"]);
  expect(jsonLines(run)).toEqual([
    { type: "deleted", bucket: BUCKET, key: "dir/a", status: "planned" },
    { type: "deleted", bucket: BUCKET, key: "dir/sub/b", status: "planned" },
    { type: "summary", deleted: 2, failed: 0 },
  ]);
  expect(await keys()).toHaveLength(4);
});

it("rm -r without a terminal and without --yes deletes nothing", async () => {
  const run = await rig.run(["rm", "-r", AT]);
  expect(run).toMatchObject({ code: 2, stdout: "" });
  expect(await keys()).toHaveLength(4);
});

it("rm -r that is refused is exit code 3, and says that nothing was deleted", async () => {
  refusal = { status: 403, body: `<Error>${WHY}</Error>` };
  const run = await rig.run(["rm", "-r", `${AT}/dir/`, "--yes", "--json"]);
  expect(run.code).toBe(3);
  expect(jsonLines(run)).toContainEqual({ type: "summary", deleted: 0, failed: 0 });
  expect(summaryOf(run)).toMatchObject({ type: "error", code: "access-denied" });
});

it("rm -r tells each object that COS does not delete, and deletes the others", async () => {
  const deleted = "<Deleted><Key>dir/a</Key></Deleted>";
  const body = `<DeleteResult>${deleted}<Error><Key>dir/sub/b</Key>${WHY}</Error></DeleteResult>`;
  refusal = { status: 200, body };
  const run = await rig.run(["rm", "-r", `${AT}/dir/`, "--yes"]);
  expect(run).toEqual({
    code: 1,
    stdout: `deleted ${AT}/dir/a\n1 object deleted, 1 failed\n`,
    stderr: `cosup: ${AT}/dir/sub/b was not deleted: by the test (AccessDenied)\n`,
  });
});
