import type { ProgressCallback } from "@cosup/core";
import { bodyOf } from "../simulation/body.ts";
import { call, type Outcome } from "../simulation/call.ts";
import { same } from "../simulation/oracle.ts";
import { pick } from "../simulation/pick.ts";
import { type Rig, UNIT } from "../simulation/rig.ts";
import { BUCKET } from "../simulation/service.ts";
import { calmDown, content, perhapsAbort, type Scenario } from "./scenario.ts";
import { mustSucceed } from "./single-uploads.ts";

/** Bytes of one append of a source that is read in pieces. */
const PIECE = 2 * UNIT;

/**
 * Appends to one object. After each call, the object is the previous content plus a whole number of pieces of the new
 * data.
 */
export const appends: Scenario = async (rig) => {
  const Key = "appended/object";
  const client = rig.client();
  let present: Uint8Array = new Uint8Array(0);
  const last = rig.operations(4);
  for (let time = 0; time <= last; time += 1) {
    if (time === last) calmDown(rig);
    const data = content(rig, 0, 5 * UNIT);
    const kind = pick(rig.random, ["bytes", "file", "iterable"] as const);
    const { Body: Data } = bodyOf(rig, data, kind);
    const Position = present.length;
    const since = rig.network.records.length + 1;
    const EnableMD5 = rig.random.next() < 0.3;
    const outcome = await rig.clock.run(
      call(
        rig,
        {
          name: `append ${time}`,
          keys: [Key],
          abortAfter: time === last ? undefined : perhapsAbort(rig),
          counts: false,
        },
        ({ signal, onProgress }) =>
          client.appendObject({
            Bucket: BUCKET,
            Key,
            Position,
            Data,
            EnableMD5,
            signal,
            onProgress: watchPieces(onProgress),
          }),
      ),
    );
    await rig.clock.drain();
    if (time === last) mustSucceed(rig, outcome);
    const now = (await rig.service.object(Key))?.bytes ?? new Uint8Array(0);
    judgeAppend(rig, {
      Key,
      present,
      data,
      now,
      outcome,
      since,
      piece: kind === "bytes" ? data.length : PIECE,
    });
    present = now;
  }
};

/** The last piece of an append reaches the total before its response, so progress does not show success. */
function watchPieces(tell: ProgressCallback): ProgressCallback {
  return (consumed, total, details) => {
    if (total === undefined || consumed < total) tell(consumed, undefined, details);
    else if (consumed > total) tell(consumed, total, details);
  };
}

interface Appended {
  readonly Key: string;
  readonly present: Uint8Array;
  readonly data: Uint8Array;
  readonly now: Uint8Array;
  readonly outcome: Outcome<{ readonly nextAppendPosition: number }>;
  readonly since: number;
  readonly piece: number;
}

function judgeAppend(rig: Rig, { Key, present, data, now, outcome, since, piece }: Appended): void {
  const grown = now.length - present.length;
  const expected = Buffer.concat([present, data.subarray(0, Math.max(0, grown))]);
  if (!same(expected, now))
    rig.fail(`${Key}: after the append (${outcome.kind}) the object is not what was appended`);
  if (outcome.kind === "done") {
    if (grown !== data.length)
      rig.fail(`${Key}: ${data.length} bytes appended, the object has grown by ${grown}`);
    if (outcome.value.nextAppendPosition !== now.length) rig.fail(`${Key}: a wrong nextAppendPosition`);
    return;
  }
  if (grown !== data.length && grown % Math.max(1, piece) !== 0)
    rig.fail(`${Key}: a torn piece was appended`);
  const committed = rig.network.records.filter(
    (record) => record.ordinal >= since && record.operation === "Append" && record.committed,
  );
  const final = committed.at(-1);
  const lied = rig.network.records.some(({ ordinal, fate }) => ordinal >= since && fate.kind === "wrong-crc");
  const honest =
    outcome.kind === "aborted" ||
    outcome.code === "outcome-unknown" ||
    // With a wrong digest in the response, the stored append looks like one of another writer.
    (outcome.code === "integrity" && lied);
  // The client sends the next piece only after it has found that the one whose response was lost is stored.
  const later = rig.network.records.some(
    (record) =>
      final !== undefined && record.ordinal > final.ordinal && (record.position ?? 0) > (final.position ?? 0),
  );
  if (final !== undefined && !final.heard && !final.abandoned && !honest && !later) {
    rig.fail(`${Key}: an append was done and not heard of, but the error says ${outcome.code}`);
  }
}
