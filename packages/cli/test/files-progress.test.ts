import type { ProgressDetails } from "@cosup/node";
import { expect, it } from "vitest";
import { FilesProgress } from "../src/commands/files-progress.ts";
import { percentOf } from "../src/display/format.ts";

it("adds up the files, and forgets what was in flight of one that failed", () => {
  const told: (number | undefined)[][] = [];
  const progress = new FilesProgress(300, (consumed, total, details: ProgressDetails) =>
    told.push([consumed, total, details.resumed, details.inFlight]),
  );
  const [one, other] = [progress.file(), progress.file()];
  one.update({ acknowledged: 50, resumed: 50, inFlight: 20 });
  other.update({ acknowledged: 0, resumed: 0, inFlight: 30 });
  one.end();
  other.update({ acknowledged: 260, resumed: 0, inFlight: 0 });
  expect(told).toEqual([
    [50, 300, 50, 20],
    [50, 300, 50, 50],
    [310, 310, 50, 0],
  ]);
});

it.each([
  [0, 100, 0, 0],
  [0, 100, 50, 50],
  [0, 100, 100, 99],
  [99, 100, 100, 99],
  [100, 100, 100, 100],
  [0, 0, 0, 100],
])("with %i of %i bytes acknowledged and %i sent, %i %% are done", (acknowledged, total, sent, percent) => {
  expect(percentOf(acknowledged, total, sent)).toBe(percent);
});
