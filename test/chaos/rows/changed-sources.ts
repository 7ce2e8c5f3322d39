import { CHANGES, changed } from "../scenarios/mutations.ts";
import { content } from "../scenarios/scenario.ts";
import { call } from "../simulation/call.ts";
import { CALM } from "../simulation/fault.ts";
import { SimulatedFile } from "../simulation/file-input.ts";
import { same } from "../simulation/oracle.ts";
import { pick } from "../simulation/pick.ts";
import { UNIT } from "../simulation/rig.ts";
import { BUCKET } from "../simulation/service.ts";
import { type Row, scenarioRow } from "./row.ts";

/** A file that changes at any instant before it is published is refused, and nothing is published. */
export const changedSources: Row = scenarioRow(
  "source changed at a random instant",
  200,
  async (rig) => {
    const Key = "changing/object";
    const previous = content(rig, 1, UNIT);
    await rig.service.plant(Key, previous);
    const original = content(rig, 1, 45 * UNIT);
    const file = new SimulatedFile(original, rig.clock, rig.random);
    const path = rig.file("changing", file);
    const change = pick(rig.random, CHANGES);
    const client = rig.client();
    let publishing = false;
    let tooLate = false;
    rig.network.listeners.add((instant, { operation }) => {
      if (instant === "sent" && (operation === "Put" || operation === "Complete")) publishing = true;
    });
    // Half of the changes come within the first reads, because a small file takes no more.
    const within = rig.random.next() < 0.5 ? 12 : 700;
    rig.clock.timer(rig.random.between(1, within), () => {
      // After the last check of the file, the bytes read before it are published.
      tooLate = publishing;
      file.replace(changed(rig, file, change));
    });
    const outcome = await rig.clock.run(
      call(rig, { name: "upload", keys: [Key] }, (hooks) =>
        client.uploadFile({ Bucket: BUCKET, Key, Body: { path }, PartSize: 1, MAXThread: 3, ...hooks }),
      ),
    );
    const didChange = file.version > 1;
    await rig.clock.drain();
    const now = (await rig.service.object(Key))?.bytes;
    if (outcome.kind === "done") {
      if (!same(now, original)) rig.fail(`${change}: the object is neither the old nor the new source`);
      if (didChange && !tooLate) rig.fail(`${change}: published although the source had changed`);
      return;
    }
    if (!same(now, previous)) rig.fail(`${change}: refused, and yet something was published`);
    const code = outcome.kind === "failed" ? outcome.code : outcome.kind;
    if (code !== "source-changed" && code !== "source-length") rig.fail(`${change}: the error says ${code}`);
  },
  () => CALM,
);
