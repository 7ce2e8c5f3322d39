import { CHANGES, changed } from "../scenarios/mutations.ts";
import { content } from "../scenarios/scenario.ts";
import { call } from "../simulation/call.ts";
import { CALM } from "../simulation/fault.ts";
import { SimulatedFile } from "../simulation/file-input.ts";
import { same } from "../simulation/oracle.ts";
import { pick } from "../simulation/pick.ts";
import { BUCKET } from "../simulation/service.ts";
import { UNIT } from "../simulation/world.ts";
import { type Row, scenarioRow } from "./row.ts";

/** A19: a file that changes at any instant before it is published is refused, and nothing is published. */
export const changedSources: Row = scenarioRow(
  "source changed at a random instant",
  200,
  async (world) => {
    const Key = "changing/object";
    const previous = content(world, 1, UNIT);
    await world.service.plant(Key, previous);
    const original = content(world, 1, 45 * UNIT);
    const file = new SimulatedFile(original, world.clock, world.random);
    const path = world.file("changing", file);
    const change = pick(world.random, CHANGES);
    const client = world.client();
    let publishing = false;
    let tooLate = false;
    world.network.listeners.add((instant, { operation }) => {
      if (instant === "sent" && (operation === "Put" || operation === "Complete")) publishing = true;
    });
    // Half of them within the first reads, which is all the time that a small file takes.
    const within = world.random.next() < 0.5 ? 12 : 700;
    world.clock.timer(world.random.between(1, within), () => {
      // Once the last look at the file is over, what was read before is what is published.
      tooLate = publishing;
      file.replace(changed(world, file, change));
    });
    const outcome = await world.clock.run(
      call(world, { name: "upload", keys: [Key] }, (hooks) =>
        client.uploadFile({ Bucket: BUCKET, Key, Body: { path }, PartSize: 1, MAXThread: 3, ...hooks }),
      ),
    );
    const didChange = file.version > 1;
    await world.clock.drain();
    const now = (await world.service.object(Key))?.bytes;
    if (outcome.kind === "done") {
      if (!same(now, original)) world.fail(`${change}: the object is neither the old nor the new source`);
      if (didChange && !tooLate) world.fail(`${change}: published although the source had changed`);
      return;
    }
    if (!same(now, previous)) world.fail(`${change}: refused, and yet something was published`);
    const code = outcome.kind === "failed" ? outcome.code : outcome.kind;
    if (code !== "source-changed" && code !== "source-length")
      world.fail(`${change}: the error says ${code}`);
  },
  () => CALM,
);
