import { expect, test } from "vitest";
import { decodeCheckpoint } from "../../packages/core/src/upload/checkpoint-codec.ts";
import { ROWS } from "./rows/index.ts";
import { runScenario } from "./run-seed.ts";
import { SCENARIOS } from "./scenarios/index.ts";
import { content, type Scenario } from "./scenarios/scenario.ts";
import { describeFailure } from "./shrink.ts";
import { call } from "./simulation/call.ts";
import { CALM } from "./simulation/fault.ts";
import { SimulatedFile } from "./simulation/file-input.ts";
import { UNIT } from "./simulation/rig.ts";
import { BUCKET } from "./simulation/service.ts";

/** Seeds that once found a fault. */
test.each([
  ["files in parts", 122, "an abort in the middle of Initiate left an upload behind, unreported"],
  ["broken streams", 96, "a 200 that was not COS's own passed for the abort of an upload"],
  ["appends", 14, "a 200 that was not COS's own passed for an append"],
  ["appends", 49, "bytes that were harmed on their way were appended"],
  ["appends", 11, "a response that did not come from COS was taken for the appended bytes"],
  ["copies", 90, "a copy whose Complete was lost did not say that its outcome is unknown"],
  ["copies", 1771, "a copy that could not be verified did not say that its outcome is unknown"],
  ["copies", 30, "a copy whose Initiate was lost left an upload behind, unreported"],
  ["short-lived credentials", 9, "a Complete of unknown outcome left an upload behind, unreported"],
])("%s, seed %i: %s", async (scenario, seed) => {
  const work = new Map(SCENARIOS).get(scenario);
  if (work === undefined) throw new Error(`there is no scenario ${scenario}`);
  const verdict = await runScenario(scenario, work, { seed });
  expect(verdict.violations, describeFailure(verdict)).toEqual([]);
});

test("sixteen loops made Node warn of a leak of listeners", async () => {
  const work: Scenario = async (rig) => {
    const Body = {
      path: rig.file("many", new SimulatedFile(content(rig, 40 * UNIT, 60 * UNIT), rig.clock, rig.random)),
    };
    const client = rig.client();
    const parameters = { Bucket: BUCKET, Key: "many", Body, PartSize: 1, MAXThread: 16 };
    await rig.clock.run(
      call(rig, { name: "upload", keys: ["many"] }, (hooks) =>
        client.uploadFile({ ...parameters, ...hooks }),
      ),
    );
  };
  expect((await runScenario("sixteen loops", work, { seed: 1 }, CALM)).violations).toEqual([]);
});

test("credentials that ran out again while a call waited its turn failed it", async () => {
  expect(await ROWS.find(({ name }) => name.startsWith("credentials"))?.run([229_898_442])).toEqual([]);
});

test("a lone surrogate in a checkpoint was thrown at the URL (fuzzed resume, seed 579)", () => {
  const checkpoint = {
    version: 1,
    Bucket: "b-1",
    Key: "k",
    UploadId: "17\ud80000",
    size: 10,
    partSize: 10,
    fingerprint: "10:1",
    headers: {},
    parts: [],
  };
  expect(decodeCheckpoint(JSON.stringify({ ...checkpoint, UploadId: "1700" }))).toBeDefined();
  expect(decodeCheckpoint(JSON.stringify(checkpoint))).toBeUndefined();
});
