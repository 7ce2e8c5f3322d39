import type { FileUnderWay, ProgressDetails } from "@cosup/node";
import { expect, it } from "vitest";
import { FilesProgress } from "../src/commands/files-progress.ts";
import { percentOf } from "../src/display/format.ts";

it("adds up the files, and forgets what was in flight of one that failed", () => {
  const told: (number | undefined)[][] = [];
  const progress = new FilesProgress(300, (consumed, total, details: ProgressDetails) =>
    told.push([consumed, total, details.resumed, details.inFlight]),
  );
  const [one, other] = [progress.file("one"), progress.file("other", 0, 260)];
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

it("names the files under way", () => {
  let under: readonly FileUnderWay[] = [];
  const progress = new FilesProgress(300, (_consumed, _total, { files }) => {
    under = Array.from(files ?? []);
  });
  const [one, other] = [progress.file("one", 0, 40), progress.file("other")];
  one.update({ acknowledged: 10, resumed: 0, inFlight: 20 });
  expect(under).toEqual([
    { name: "one", size: 40, acknowledged: 10, inFlight: 20 },
    { name: "other", size: 0, acknowledged: 0, inFlight: 0 },
  ]);
  one.end();
  other.update({ acknowledged: 0, resumed: 0, inFlight: 5 }, 260);
  expect(under).toEqual([{ name: "other", size: 260, acknowledged: 0, inFlight: 5 }]);
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
