import type { ContractCase, Rig } from "./contract.ts";
import { MB, noise, readAll, streamOf } from "./fixtures/bytes.ts";
import { refuses, Script } from "./fixtures/faults.ts";
import { memoryCheckpoints } from "./fixtures/memory-checkpoints.ts";
import { quickClock } from "./fixtures/quick-clock.ts";

/** A signal that counts its listeners. */
function watchedSignal(): { signal: AbortSignal; listeners: () => number } {
  const { signal } = new AbortController();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  const listening = new Set<unknown>();
  signal.addEventListener = (type: string, listener: EventListener, options?: AddEventListenerOptions) => {
    listening.add(listener);
    add(type, listener, options);
  };
  signal.removeEventListener = (type: string, listener: EventListener) => {
    listening.delete(listener);
    remove(type, listener);
  };
  return { signal, listeners: () => listening.size };
}

interface Errand {
  readonly name: string;
  run(rig: Rig, client: Rig["client"], signal: AbortSignal): Promise<unknown>;
}

const ERRANDS: readonly Errand[] = [
  {
    name: "a PUT that is repeated",
    run: ({ Bucket, uniqueKey }, client, signal) =>
      client.putObject({ Bucket, Key: uniqueKey("listen"), Body: new Blob(["x"]), signal }),
  },
  {
    name: "a stream in parts",
    run: ({ Bucket, uniqueKey }, client, signal) =>
      client.uploadFile({
        Bucket,
        Key: uniqueKey("listen"),
        Body: streamOf(noise(2 * MB + 1)),
        PartSize: 1,
        signal,
      }),
  },
  {
    name: "a file in parts with a checkpoint",
    run: ({ Bucket, uniqueKey }, client, signal) =>
      client.uploadFile({
        Bucket,
        Key: uniqueKey("listen"),
        Body: new File([noise(20 * MB + 1)], "f", { lastModified: 1 }),
        PartSize: 8,
        checkpoints: memoryCheckpoints(),
        signal,
      }),
  },
  {
    name: "an upload that fails",
    run: (_rig, client, signal) =>
      client
        .putObject({ Bucket: "nobody-1250000000", Key: "k", Body: streamOf(noise(10)), signal })
        .catch(() => {}),
  },
  {
    name: "an append and a copy",
    run: async ({ Bucket, Region, uniqueKey }, client, signal) => {
      const Key = uniqueKey("listen");
      await client.appendObject({ Bucket, Key: `${Key}-a`, Data: streamOf(noise(10)), Position: 0, signal });
      await client.putObject({ Bucket, Key, Body: noise(MB + 1), signal });
      const CopySource = { Bucket, Key, Region };
      await client.copyObject({ Bucket, Key: `${Key}-c`, CopySource, PartSize: 1, signal });
    },
  },
  {
    name: "an object that is read to its end, and one that is cancelled",
    run: async ({ Bucket, uniqueKey }, client, signal) => {
      const Key = uniqueKey("listen");
      await client.putObject({ Bucket, Key, Body: noise(1000), signal });
      await readAll((await client.getObject({ Bucket, Key, signal })).Body);
      await (await client.getObject({ Bucket, Key, signal })).Body.cancel();
    },
  },
];

export const cases: readonly ContractCase[] = ERRANDS.map(
  ({ name, run }): ContractCase => ({
    name: `a signal that outlives its calls keeps no listener: ${name}`,
    run: async (t, rig) => {
      const { signal, listeners } = watchedSignal();
      const script = new Script({ PutObject: [refuses(503, "SlowDown")] });
      await run(rig, rig.createClient({}, script.wrap, quickClock()), signal);
      t.equal(listeners(), 0, "listeners");
    },
  }),
);
