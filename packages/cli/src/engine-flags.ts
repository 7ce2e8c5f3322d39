import { setFlagsFromString } from "node:v8";

/**
 * What V8 lets a WASM function do before it compiles it again, optimized, in a thread of its own. By default that is a few
 * hundred bytes of a response for the function of the HTTP parser: 85 ms of processor time, half of what a command needs that
 * sends one request. With this budget it is some tens of responses; the checksums, which work in short loops, are optimized
 * after 2 MiB.
 */
const WASM_BUDGET = 400_000_000;

/** Spares short commands the optimization of the HTTP parser. Call it before the first request. */
export function raiseWasmBudget(): void {
  setFlag(`--wasm-tiering-budget=${WASM_BUDGET}`);
}

/**
 * Keeps the space for new objects at its first size, for commands that make an object for each of a million files and
 * keep none. It would grow to 25 MiB more, for 5 % of the processor time.
 */
export function keepHeapSmall(): void {
  setFlag("--semi-space-growth-factor=1");
}

function setFlag(flag: string): void {
  // Bun has another engine, and no such flags.
  if (process.versions.bun === undefined) setFlagsFromString(flag);
}
