import { bodyOf } from "../simulation/body.ts";
import { call, type Outcome } from "../simulation/call.ts";
import { judge } from "../simulation/oracle.ts";
import { pick } from "../simulation/pick.ts";
import { BUCKET } from "../simulation/service.ts";
import { UNIT, type World } from "../simulation/world.ts";
import { content, perhapsAbort, type Scenario } from "./scenario.ts";

/** Several uploads through one client share its memory and its retry budget, and do not mix. */
export const differentKeys: Scenario = async (world) => {
  const client = world.client({ memoryBudget: 24 * UNIT });
  const work: Promise<readonly [string, Uint8Array, Outcome]>[] = [];
  for (let index = world.operations(world.random.between(2, 4)); index > 0; index -= 1) {
    const Key = `beside/${index}/`;
    const bytes = content(world, 0, 28 * UNIT);
    const body = bodyOf(world, bytes, pick(world.random, ["bytes", "file", "iterable"]));
    const shape = { name: `upload of ${Key}`, keys: [Key], abortAfter: perhapsAbort(world, 200) };
    work.push(
      call(world, shape, (hooks) =>
        client.uploadFile({ Bucket: BUCKET, Key, PartSize: 2, ...body, ...hooks }),
      ).then((outcome) => [Key, bytes, outcome]),
    );
  }
  const ended = await world.clock.run(Promise.all(work));
  await world.clock.drain();
  for (const [key, bytes, outcome] of ended) {
    await judge(world, { key, previous: undefined, sources: [bytes], outcomes: [outcome], since: 1 });
  }
};

/** Two writers, one key: the object is one of the two sources, whole. */
export const oneKey: Scenario = async (world) => {
  const Key = "fought/object";
  const previous = content(world, 1, UNIT);
  await world.service.plant(Key, previous);
  const first = world.client();
  const second = world.random.next() < 0.5 ? first : world.client();
  // Of one length half of the time: a mixture would have it too.
  const length = world.size(1, 30 * UNIT);
  const sources = [content(world, 1, 30 * UNIT), content(world, 1, 30 * UNIT)].map((bytes) =>
    world.random.next() < 0.5 ? bytes : sized(bytes, length),
  );
  const outcomes = await world.clock.run(
    Promise.all(
      sources.map(async (bytes, index) => {
        const client = index === 0 ? first : second;
        const body = bodyOf(world, bytes, pick(world.random, ["bytes", "file", "iterable"]));
        const shape = { name: `writer ${index}`, keys: [Key], abortAfter: perhapsAbort(world) };
        await world.clock.sleep(world.random.between(0, 300));
        return call(world, shape, (hooks) =>
          client.uploadFile({ Bucket: BUCKET, Key, PartSize: 2, ...body, ...hooks }),
        );
      }),
    ),
  );
  await world.clock.drain();
  await judge(world, { key: Key, previous, sources, outcomes, since: 1 });
  for (const outcome of outcomes) {
    if (outcome.kind === "done") checkClaim(world, outcome.value.UploadId);
  }
};

/** Nobody takes the other's object for its own. */
export function checkClaim(world: World, uploadId: string | undefined): void {
  if (uploadId === undefined) return;
  const published = world.network.records.some(
    (record) => record.operation === "Complete" && record.uploadId === uploadId && record.committed,
  );
  if (!published) world.fail("a writer claims a success that never was");
}

function sized(bytes: Uint8Array, length: number): Uint8Array {
  const result = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) result[index] = bytes[index % bytes.length] ?? 0;
  return result;
}
