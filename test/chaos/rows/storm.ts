import { content } from "../scenarios/scenario.ts";
import { call } from "../simulation/call.ts";
import type { ExchangeRecord } from "../simulation/exchange-record.ts";
import { CALM } from "../simulation/fault.ts";
import { pick } from "../simulation/pick.ts";
import { type Rig, UNIT } from "../simulation/rig.ts";
import { BUCKET } from "../simulation/service.ts";
import { errorResponse } from "../simulation/simulated-response.ts";
import { type Row, scenarioRow } from "./row.ts";

const FILES = 100;
const STORM_MS = 60_000;
/** 500 tokens at 5 each. */
const RETRIES = 100;
const CAP_S = 60;

/**
 * For a minute every response is a 503. A hundred files share one retry budget and wait as long as `Retry-After` asks.
 */
export const storm: Row = scenarioRow(
  "storm of 503",
  10,
  async (rig) => {
    const client = rig.client();
    const until = rig.clock.now() + STORM_MS;
    const asked = new Map<ExchangeRecord, number | undefined>();
    const waits = [undefined, "1", "3", "86400"];
    rig.network.gate = (record) => {
      if (rig.clock.now() >= until) return undefined;
      const retryAfter = pick(rig.random, waits);
      asked.set(record, retryAfter === undefined ? undefined : Number(retryAfter));
      return errorResponse(503, "SlowDown", retryAfter);
    };
    const upload = (index: number): ReturnType<typeof call> =>
      call(rig, { name: `file ${index}`, keys: [`storm/${index}/`] }, (hooks) =>
        client.putObject({ Bucket: BUCKET, Key: `storm/${index}/`, Body: content(rig, 1, UNIT), ...hooks }),
      );
    const all = Array.from({ length: FILES }, (_, index) => index);
    await rig.clock.run(Promise.all(all.map(upload)));
    const within = rig.network.records.filter(({ sentAt }) => sentAt < until);
    const retries = within.length - new Set(within.map(({ key }) => key)).size;
    if (retries > RETRIES) rig.fail(`${retries} retries in the storm, more than the bucket holds`);
    if (retries < RETRIES / 2) rig.fail(`only ${retries} retries: the storm tests nothing`);
    for (const [record, seconds] of asked) checkWait(rig, record, seconds);
    await rig.clock.drain();
    const after = await rig.clock.run(Promise.all(all.map(upload)));
    if (after.some(({ kind }) => kind !== "done")) rig.fail("files still fail after the storm");
  },
  () => CALM,
);

/** The client waits as long as the server asked for, up to a minute, and at most a twentieth longer. */
function checkWait(rig: Rig, record: ExchangeRecord, seconds: number | undefined): void {
  const next = rig.network.records.find(({ key, ordinal }) => key === record.key && ordinal > record.ordinal);
  if (seconds === undefined || next === undefined || record.endedAt === undefined) return;
  const waited = next.sentAt - record.endedAt;
  const wanted = Math.min(seconds, CAP_S) * 1000;
  if (waited < wanted || waited > wanted * 1.05 + 1)
    rig.fail(`waited ${waited} ms where ${wanted} ms were asked for`);
}
