export const MiB = 1024 ** 2;

/** The full sizes: `npm run test:limits`. */
export const full = {
  streamBytes: 2048 * MiB,
  tinyBytes: 256 * MiB,
  oneByteChunks: 4 * MiB,
  wireBytesPerSecond: 20 * MiB,
  /** @type {import("./rows/parallel.mjs").Kind[]} */
  parallelKinds: ["files", "streams", "mixed", "tiny"],
  parallelFileBytes: 32 * MiB,
  parallelStreamBytes: 32 * MiB,
  parallelPartSize: 4 * MiB,
  memoryBudget: 64 * MiB,
  parallelTimed: true,
  folderFiles: 10_000,
  folderTwice: true,
  virtualFiles: 1_000_000,
  killedFiles: 10_000,
  silentPartSizes: [MiB, 8 * MiB],
  honestBytes: 100 * MiB,
};

/** The same rows in half a minute: part of `npm test`. @type {typeof full} */
export const quick = {
  streamBytes: 192 * MiB,
  tinyBytes: 40 * MiB,
  oneByteChunks: MiB / 8,
  wireBytesPerSecond: 50 * MiB,
  parallelKinds: ["mixed"],
  parallelFileBytes: 9 * MiB,
  parallelStreamBytes: 6 * MiB,
  parallelPartSize: MiB,
  memoryBudget: 8 * MiB,
  parallelTimed: false,
  folderFiles: 400,
  folderTwice: false,
  // Fewer end before the heap has settled.
  virtualFiles: 400_000,
  killedFiles: 300,
  silentPartSizes: [MiB],
  honestBytes: 24 * MiB,
};
