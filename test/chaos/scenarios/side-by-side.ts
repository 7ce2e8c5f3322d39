import { bodyOf } from "../simulation/body.ts";
import { call, type Outcome } from "../simulation/call.ts";
import { judge } from "../simulation/oracle.ts";
import { pick } from "../simulation/pick.ts";
import { type Rig, UNIT } from "../simulation/rig.ts";
import { BUCKET } from "../simulation/service.ts";
import { content, perhapsAbort, type Scenario } from "./scenario.ts";

/** Several uploads through one client share its memory and its retry budget, and do not mix. */
export const differentKeys: Scenario = async (rig) => {
  const client = rig.client({ memoryBudget: 24 * UNIT });
  const work: Promise<readonly [string, Uint8Array, Outcome]>[] = [];
  for (let index = rig.operations(rig.random.between(2, 4)); index > 0; index -= 1) {
    const Key = `beside/${index}/`;
    const bytes = content(rig, 0, 28 * UNIT);
    const body = bodyOf(rig, bytes, pick(rig.random, ["bytes", "file", "iterable"]));
    const shape = { name: `upload of ${Key}`, keys: [Key], abortAfter: perhapsAbort(rig, 200) };
    work.push(
      call(rig, shape, (hooks) =>
        client.uploadFile({ Bucket: BUCKET, Key, PartSize: 2, ...body, ...hooks }),
      ).then((outcome) => [Key, bytes, outcome]),
    );
  }
  const ended = await rig.clock.run(Promise.all(work));
  await rig.clock.drain();
  for (const [key, bytes, outcome] of ended) {
    await judge(rig, { key, previous: undefined, sources: [bytes], outcomes: [outcome], since: 1 });
  }
};

/** Two writers, one key: the object is one of the two sources, whole. */
export const oneKey: Scenario = async (rig) => {
  const Key = "fought/object";
  const previous = content(rig, 1, UNIT);
  await rig.service.plant(Key, previous);
  const first = rig.client();
  const second = rig.random.next() < 0.5 ? first : rig.client();
  // Half of the time both have the same length, which a mixture would have too.
  const length = rig.size(1, 30 * UNIT);
  const sources = [content(rig, 1, 30 * UNIT), content(rig, 1, 30 * UNIT)].map((bytes) =>
    rig.random.next() < 0.5 ? bytes : sized(bytes, length),
  );
  const outcomes = await rig.clock.run(
    Promise.all(
      sources.map(async (bytes, index) => {
        const client = index === 0 ? first : second;
        const body = bodyOf(rig, bytes, pick(rig.random, ["bytes", "file", "iterable"]));
        const shape = { name: `writer ${index}`, keys: [Key], abortAfter: perhapsAbort(rig) };
        await rig.clock.sleep(rig.random.between(0, 300));
        return call(rig, shape, (hooks) =>
          client.uploadFile({ Bucket: BUCKET, Key, PartSize: 2, ...body, ...hooks }),
        );
      }),
    ),
  );
  await rig.clock.drain();
  await judge(rig, { key: Key, previous, sources, outcomes, since: 1 });
  for (const outcome of outcomes) {
    if (outcome.kind === "done") checkClaim(rig, outcome.value.UploadId);
  }
};

/** No writer takes the other's object for its own. */
export function checkClaim(rig: Rig, uploadId: string | undefined): void {
  if (uploadId === undefined) return;
  const published = rig.network.records.some(
    (record) => record.operation === "Complete" && record.uploadId === uploadId && record.committed,
  );
  if (!published) rig.fail("a writer claims a success that never was");
}

function sized(bytes: Uint8Array, length: number): Uint8Array {
  const result = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) result[index] = bytes[index % bytes.length] ?? 0;
  return result;
}
