import type { ProgressCallback } from "@cosup/core";
import { uploadDirectory, type WalkEntry } from "@cosup/core/directory";
import { content } from "../scenarios/scenario.ts";
import { bodyOf } from "../simulation/body.ts";
import { call } from "../simulation/call.ts";
import { CALM } from "../simulation/fault.ts";
import { SimulatedFile } from "../simulation/file-input.ts";
import { judge } from "../simulation/oracle.ts";
import { pick } from "../simulation/pick.ts";
import { type Rig, UNIT } from "../simulation/rig.ts";
import { BUCKET } from "../simulation/service.ts";
import { type Row, scenarioRow } from "./row.ts";

const SETTLES_WITHIN_MS = 250;

/** A call that is aborted at any instant ends soon and sends nothing after its end. */
export const aborts: Row = scenarioRow(
  "abort at a random instant",
  500,
  async (rig) => {
    const Key = "aborted/object";
    const client = rig.client();
    const bytes = content(rig, 0, 45 * UNIT);
    const at = rig.random.next() < 0.5 ? rig.random.between(0, 900) : rig.random.between(900, 60_000);
    const abort = new AbortController();
    let abortedAt = 0;
    rig.clock.timer(at, () => {
      abortedAt = rig.clock.now();
      // Requests under way may take minutes; later ones (the abort of the upload) may not.
      rig.network.rates = CALM;
      abort.abort(new Error("aborted by the test"));
    });
    const work = pick(rig.random, [inParts, whole, folder, copied]);
    await rig.service.plant("aborted/source", content(rig, 1, 30 * UNIT));
    const outcome = await rig.clock.run(
      call(rig, { name: "call", keys: ["aborted/"], counts: false }, async (hooks) => {
        await work({ rig, client, Key, bytes, hooks: { ...hooks, signal: abort.signal } }).catch(
          (error: unknown) => {
            if (error !== abort.signal.reason) throw error;
          },
        );
      }),
    );
    const took = rig.clock.now() - abortedAt;
    if (abortedAt > 0 && took > SETTLES_WITHIN_MS)
      rig.fail(`${work.name}: settled ${took} ms after the abort`);
    if (outcome.kind === "failed") rig.fail(`${work.name}: ${outcome.code}`);
    // The rig itself detects requests after the end, because no call is active then.
    await rig.clock.drain();
  },
  () => ({ ...CALM, slow: 0.3 }),
);

interface Work {
  readonly rig: Rig;
  readonly client: ReturnType<Rig["client"]>;
  readonly Key: string;
  readonly bytes: Uint8Array;
  readonly hooks: {
    readonly signal: AbortSignal;
    readonly onProgress: ProgressCallback;
    readonly onWarning: Rig["onWarning"];
  };
}

async function inParts({ rig, client, Key, bytes, hooks }: Work): Promise<void> {
  const body = bodyOf(rig, bytes, pick(rig.random, ["file", "iterable", "stream"]));
  const checkpoints = rig.random.next() < 0.5 ? rig.checkpoints : undefined;
  await client.uploadFile({ Bucket: BUCKET, Key, PartSize: 1, MAXThread: 4, checkpoints, ...body, ...hooks });
  await judge(rig, {
    key: Key,
    previous: undefined,
    sources: [bytes],
    outcomes: [{ kind: "done", value: 0 }],
    since: 1,
  });
}

async function whole({ client, Key, bytes, hooks }: Work): Promise<void> {
  await client.putObject({ Bucket: BUCKET, Key, Body: bytes, ...hooks });
  const position = { Bucket: BUCKET, Key: `${Key}/appended`, Position: 0 };
  await client.appendObject({ ...position, Data: bytes, signal: hooks.signal });
}

async function copied({ client, Key, hooks }: Work): Promise<void> {
  const CopySource = { Bucket: BUCKET, Key: "aborted/source", Region: "ap-guangzhou" };
  await client.copyObject({ Bucket: BUCKET, Key, CopySource, PartSize: 1, ...hooks });
}

async function folder({ rig, client, bytes, hooks: { signal, onWarning } }: Work): Promise<void> {
  const files = Array.from({ length: 6 }, (_, index) => {
    const file = new SimulatedFile(bytes.slice(0, (index + 1) * 3 * UNIT), rig.clock, rig.random);
    return [rig.file(`aborted/${index}`, file), file] as const;
  });
  const entries = async function* (): AsyncGenerator<WalkEntry, void, undefined> {
    for (const [path, file] of files)
      yield { relativePath: path, path, kind: "file", size: file.bytes.length };
  };
  const parameters = { Bucket: BUCKET, LocalDirectoryPath: "aborted", concurrency: 3, signal, onWarning };
  await uploadDirectory(client, parameters, entries(), () => true);
}
