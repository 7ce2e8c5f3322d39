import { uploadDirectory, type WalkEntry } from "@cosup/core/directory";
import { content } from "../scenarios/scenario.ts";
import { bodyOf } from "../simulation/body.ts";
import { call } from "../simulation/call.ts";
import { CALM } from "../simulation/fault.ts";
import { SimulatedFile } from "../simulation/file-input.ts";
import { judge } from "../simulation/oracle.ts";
import { pick } from "../simulation/pick.ts";
import { BUCKET } from "../simulation/service.ts";
import { UNIT, type World } from "../simulation/world.ts";
import { type Row, scenarioRow } from "./row.ts";

const SETTLES_WITHIN_MS = 250;

/** A15: wherever an abort meets a call, the call ends soon, and nothing is sent after it has ended. */
export const aborts: Row = scenarioRow(
  "abort at a random instant",
  500,
  async (world) => {
    const Key = "aborted/object";
    const client = world.client();
    const bytes = content(world, 0, 45 * UNIT);
    const at = world.random.next() < 0.5 ? world.random.between(0, 900) : world.random.between(900, 60_000);
    const abort = new AbortController();
    let abortedAt = 0;
    world.clock.timer(at, () => {
      abortedAt = world.clock.now();
      // What is under way may take minutes; what is sent from now on (the abort of the upload) does not.
      world.network.rates = CALM;
      abort.abort(new Error("aborted by the test"));
    });
    const work = pick(world.random, [inParts, whole, folder, copied]);
    await world.service.plant("aborted/source", content(world, 1, 30 * UNIT));
    const outcome = await world.clock.run(
      call(world, { name: "call", keys: ["aborted/"], counts: false }, async (hooks) => {
        await work({ world, client, Key, bytes, hooks: { ...hooks, signal: abort.signal } }).catch(
          (error: unknown) => {
            if (error !== abort.signal.reason) throw error;
          },
        );
      }),
    );
    const took = world.clock.now() - abortedAt;
    if (abortedAt > 0 && took > SETTLES_WITHIN_MS)
      world.fail(`${work.name}: settled ${took} ms after the abort`);
    if (outcome.kind === "failed") world.fail(`${work.name}: ${outcome.code}`);
    // Requests after the end are seen by the world itself: no call is active any more.
    await world.clock.drain();
  },
  () => ({ ...CALM, slow: 0.3 }),
);

interface Work {
  readonly world: World;
  readonly client: ReturnType<World["client"]>;
  readonly Key: string;
  readonly bytes: Uint8Array;
  readonly hooks: {
    readonly signal: AbortSignal;
    readonly onProgress: (consumed: number, total: number | undefined) => void;
    readonly onWarning: World["onWarning"];
  };
}

async function inParts({ world, client, Key, bytes, hooks }: Work): Promise<void> {
  const body = bodyOf(world, bytes, pick(world.random, ["file", "iterable", "stream"]));
  const checkpoints = world.random.next() < 0.5 ? world.checkpoints : undefined;
  await client.uploadFile({ Bucket: BUCKET, Key, PartSize: 1, MAXThread: 4, checkpoints, ...body, ...hooks });
  await judge(world, {
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

async function folder({ world, client, bytes, hooks: { signal, onWarning } }: Work): Promise<void> {
  const files = Array.from({ length: 6 }, (_, index) => {
    const file = new SimulatedFile(bytes.slice(0, (index + 1) * 3 * UNIT), world.clock, world.random);
    return [world.file(`aborted/${index}`, file), file] as const;
  });
  const entries = async function* (): AsyncGenerator<WalkEntry, void, undefined> {
    for (const [path, file] of files)
      yield { relativePath: path, path, kind: "file", size: file.bytes.length };
  };
  const parameters = { Bucket: BUCKET, LocalDirectoryPath: "aborted", concurrency: 3, signal, onWarning };
  await uploadDirectory(client, parameters, entries(), () => true);
}
