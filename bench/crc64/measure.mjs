/** Minimum duration of a batch: the clock of workerd counts whole milliseconds. */
const BATCH_MS = 25;

/**
 * Digests buffers of each size repeatedly. The rate is that of the median batch.
 * @param {import("./subjects.mjs").Subject} subject
 * @param {readonly number[]} sizes
 * @param {number} durationMs for each size, after a warm-up of half that time
 * @returns {{ size: number, bytesPerSecond: number, crc64: string }[]}
 */
export function measureCrc64(subject, sizes, durationMs) {
  return sizes.map((size) => {
    subject.place(pseudoRandom(size));
    const perBatch = warmUp(subject, durationMs / 2);
    const rates = [];
    for (let spent = 0; spent < durationMs || rates.length < 3; ) {
      const start = performance.now();
      for (let run = 0; run < perBatch; run += 1) subject.run();
      const elapsed = performance.now() - start;
      rates.push((size * perBatch) / (elapsed / 1000));
      spent += elapsed;
    }
    rates.sort((a, b) => a - b);
    return { size, bytesPerSecond: rates[rates.length >> 1] ?? 0, crc64: String(subject.run()) };
  });
}

/**
 * Warms up the JIT compiler and returns the number of runs per batch.
 * @param {import("./subjects.mjs").Subject} subject
 * @param {number} durationMs
 */
function warmUp(subject, durationMs) {
  const start = performance.now();
  let runs = 0;
  let elapsed = 0;
  while (elapsed < durationMs || runs < 2) {
    subject.run();
    runs += 1;
    elapsed = performance.now() - start;
  }
  return Math.max(1, Math.ceil((runs / elapsed) * BATCH_MS));
}

/** @param {number} length a multiple of 4 */
function pseudoRandom(length) {
  const words = new Uint32Array(length / 4);
  let state = 0x9e3779b9;
  for (let index = 0; index < words.length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = state;
  }
  return new Uint8Array(words.buffer);
}
