import { ArgumentTypeError, type Checkpoints } from "@cosup/core";
import type { Runtime } from "@cosup/core/runtime";
import type { ContractCase, Rig } from "./contract.ts";
import { noise } from "./fixtures/bytes.ts";
import { pass, refuses, Script } from "./fixtures/faults.ts";
import { LENGTH, small } from "./fixtures/interrupted.ts";
import { type MemoryCheckpoints, memoryCheckpoints } from "./fixtures/memory-checkpoints.ts";
import { quickClock } from "./fixtures/quick-clock.ts";
import { withMembers } from "./fixtures/runtimes.ts";
import { expectStored, openUploads } from "./fixtures/stored.ts";

/** A runtime that keeps checkpoints of its own: it notes what directory it is asked for. */
function withPlaces(store: MemoryCheckpoints, asked: unknown[]): (runtime: Runtime) => Runtime {
  return (runtime) =>
    withMembers(small(runtime), {
      checkpointStore: (directory) => {
        asked.push(directory);
        return store;
      },
    });
}

/** Uploads in three parts. With `refused`, the third is refused. */
function upload(
  rig: Rig,
  Key: string,
  places: (runtime: Runtime) => Runtime,
  { given, byDefault, refused }: { given?: Checkpoints; byDefault?: Checkpoints; refused: boolean },
) {
  const script = new Script(refused ? { UploadPart: [pass, pass, refuses(403, "AccessDenied")] } : {});
  const wrap = (runtime: Runtime): Runtime => script.wrap(places(runtime));
  const client = rig.createClient({ checkpoints: byDefault }, wrap, quickClock());
  const Body = new File([noise(LENGTH)], "big.bin", { lastModified: 1_700_000_000_000 });
  return client.uploadFile({ Bucket: rig.Bucket, Key, Body, PartSize: 8, MAXThread: 1, checkpoints: given });
}

const url = new URL("file:///tmp/checkpoints");

/** What a call gives, and the directory that the runtime is asked for. */
const PLACES: readonly (readonly [what: string, given: Checkpoints, directory: unknown])[] = [
  ["true", true, undefined],
  ["a path", "./checkpoints", "./checkpoints"],
  ["a file: URL", url, url],
];

const kept = PLACES.flatMap(([what, place, directory]) =>
  (["given", "byDefault"] as const).map(
    (where): ContractCase => ({
      name: `checkpoints ${where === "given" ? "of a call" : "of a client"}: ${what} is where an upload resumes from`,
      run: async (t, rig) => {
        const asked: unknown[] = [];
        const store = memoryCheckpoints();
        const places = withPlaces(store, asked);
        const Key = rig.uniqueKey("place");
        await t.throws(() => upload(rig, Key, places, { [where]: place, refused: true }), Error);
        t.equal(store.stored.size, 1, "checkpoints");
        const { partsResumed } = await upload(rig, Key, places, { [where]: place, refused: false });
        t.equal(partsResumed, 2, "partsResumed");
        t.deepEqual(asked, [directory, directory], "directories");
        t.equal(store.stored.size, 0, "checkpoints afterwards");
        await expectStored(t, rig, Key, noise(LENGTH));
      },
    }),
  ),
);

export const cases: readonly ContractCase[] = [
  ...kept,
  {
    name: "checkpoints: false keeps none, also when the client has a place for them",
    run: async (t, rig) => {
      const store = memoryCheckpoints();
      const Key = rig.uniqueKey("place");
      const call = { given: false, byDefault: store, refused: true };
      await t.throws(() => upload(rig, Key, small, call), Error);
      t.equal(store.stored.size, 0, "checkpoints");
      t.deepEqual(await openUploads(rig, Key), [], "unfinished uploads");
    },
  },
  {
    name: "a store of a call takes the place of the client's",
    run: async (t, rig) => {
      const [byDefault, given] = [memoryCheckpoints(), memoryCheckpoints()];
      const Key = rig.uniqueKey("place");
      await t.throws(() => upload(rig, Key, small, { given, byDefault, refused: true }), Error);
      t.deepEqual([byDefault.stored.size, given.stored.size], [0, 1], "checkpoints");
    },
  },
  {
    name: "a runtime without checkpoints of its own refuses true and a directory, before anything is sent",
    run: async (t, rig) => {
      const script = new Script();
      const fileless = (runtime: Runtime): Runtime =>
        withMembers(script.wrap(runtime), {
          name: "fileless",
          ...({ checkpointStore: undefined } as object),
        });
      const client = rig.createClient({}, fileless);
      const expected = { parameter: "checkpoints", message: /CheckpointStore: the fileless runtime/ };
      for (const checkpoints of [true, "./checkpoints", url]) {
        const call = { Bucket: rig.Bucket, Key: "k", Body: "x", checkpoints };
        await t.throws(() => client.uploadFile(call), ArgumentTypeError, expected);
        await t.throws(() => rig.createClient({ checkpoints }, fileless), ArgumentTypeError, expected);
      }
      t.equal(script.sent.length, 0, "requests");
    },
  },
  {
    name: "checkpoints: true works in this runtime, or is refused with a word about what does",
    run: async (t, rig) => {
      const call = { Bucket: rig.Bucket, Key: rig.uniqueKey("place"), Body: "x", checkpoints: true };
      const { size } = await rig.client.uploadFile(call).catch((error: unknown) => {
        t.ok(error instanceof ArgumentTypeError && error.parameter === "checkpoints", "what is refused");
        return { size: /CheckpointStore/.test(String(error)) ? 1 : 0 };
      });
      t.equal(size, 1, "size, or what is accepted");
    },
  },
];
