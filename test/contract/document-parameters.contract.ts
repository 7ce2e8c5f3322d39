import { ArgumentRangeError, type CosClient } from "@cosup/core";
import type { Assert } from "./assert.ts";
import type { ContractCase, Rig } from "./contract.ts";
import { CALLS, CONTENT } from "./document/calls.ts";
import { PARAMETERS } from "./document/parameters.ts";
import { DONE } from "./document/responses.ts";
import type { ParameterRow } from "./document/rows.ts";
import { expectSent } from "./document/sent.ts";
import { MB, noise } from "./fixtures/bytes.ts";
import { type Plan, Script, type Step } from "./fixtures/faults.ts";
import { quickClock } from "./fixtures/quick-clock.ts";
import { virtualFile, withFiles } from "./fixtures/runtimes.ts";

/** A client whose requests get scripted responses, and that finds this file as `local.txt`. */
function scripted(rig: Rig, content: Uint8Array, plan: Plan = {}): { script: Script; client: CosClient } {
  const script = new Script({ ...DONE, ...plan });
  const files = withFiles({ "local.txt": virtualFile(content) });
  const client = rig.createClient(
    { memoryBudget: 24 * MB },
    (runtime) => script.wrap(files(runtime)),
    quickClock(),
  );
  return { script, client };
}

function call(client: CosClient, method: string, parameters: object): Promise<unknown> {
  return Promise.resolve(Reflect.apply(Reflect.get(client, method), client, [parameters]));
}

/** A file that is uploaded in three parts. */
const LARGE = { Bucket: "examplebucket-1250000000", Key: "k", LocalFilePath: "local.txt" };
const SIZE = 21 * MB;

/** What is visible only where an upload has several parts. */
const OF_PARTS: Readonly<Record<string, (t: Assert, rig: Rig) => Promise<void>>> = {
  PartSize: async (t, rig) => {
    const { script, client } = scripted(rig, noise(SIZE));
    await client.uploadFile({ ...LARGE, PartSize: 8 });
    const lengths = script.sent.filter(({ kind }) => kind === "UploadPart").map(({ body }) => body?.length);
    t.deepEqual(lengths.sort(), [5 * MB, 8 * MB, 8 * MB], "part lengths");
  },
  MAXThread: async (t, rig) => {
    let atOnce = 0;
    let most = 0;
    let onTwo: () => void = () => {};
    const two = new Promise<void>((resolve) => {
      onTwo = resolve;
    });
    const stored = DONE.UploadPart as Step;
    const waitsForTwo: Step = async (deliver, request) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      if (atOnce === 2) onTwo();
      await two;
      atOnce -= 1;
      return stored(deliver, request);
    };
    const { client } = scripted(rig, noise(SIZE), { UploadPart: waitsForTwo });
    await client.uploadFile({ ...LARGE, PartSize: 4, MAXThread: 2 });
    t.equal<number>(most, 2, "parts at once");
  },
  progress_callback: async (t, rig) => {
    const progress: (readonly [number, number])[] = [];
    const { client } = scripted(rig, noise(SIZE));
    await client.uploadFile({
      ...LARGE,
      PartSize: 8,
      onProgress: (consumed, total) => progress.push([consumed, total ?? 0]),
    });
    t.deepEqual(progress.at(-1), [SIZE, SIZE], "the last call");
    t.ok(progress.length >= 3, "a call for each part");
    const sorted = progress.toSorted(([one], [other]) => one - other);
    t.deepEqual(progress, sorted, "it never goes backwards");
  },
};

async function expectRow(t: Assert, rig: Rig, row: ParameterRow): Promise<void> {
  const { required, parameters } = t.present(
    CALLS.find(({ method }) => method === row.method),
    row.method,
  );
  const names = [...required, row.ours];
  const given = Object.fromEntries(names.map((name) => [name, t.present(parameters[name], name)]));
  const { script, client } = scripted(rig, CONTENT);
  await call(client, row.method, given);
  t.equal(script.sent.length, 1, "requests");
  expectSent(t, row, t.present(script.sent[0], "request"), given[row.ours]);
  if (row.sent !== "length") return;
  const wrong = { ...given, [row.ours]: 6 };
  await t.throws(() => call(client, row.method, wrong), ArgumentRangeError, { parameter: row.ours });
}

export const cases: readonly ContractCase[] = PARAMETERS.map((row) => ({
  name: row.case,
  run: (t, rig) => OF_PARTS[row.parameter]?.(t, rig) ?? expectRow(t, rig, row),
}));
