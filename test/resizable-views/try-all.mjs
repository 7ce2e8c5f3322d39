// Tries every case with a view of a fixed and with one of a resizable WASM memory, which grows meanwhile.
import { CASES, sameBytes } from "./cases.mjs";

/** Bytes of a view: more than a socket takes at once. */
const LENGTH = 1_500_000;
const PAGE = 65_536;

/**
 * @typedef {{ name: string, fixed: string, resizable: string }} Verdict `"taken"`, or what went wrong
 * @param {{ origin: string, folder: string, env?: any }} given
 * @returns {Promise<{ hasMethod: boolean, verdicts: Verdict[] }>}
 */
export async function tryAll(given) {
  const hasMethod = typeof Reflect.get(WebAssembly.Memory.prototype, "toResizableBuffer") === "function";
  const verdicts = [];
  for (const each of CASES.filter(({ here }) => here(given.env))) {
    const fixed = await verdictOf(each, given, false);
    const resizable = hasMethod ? await verdictOf(each, given, true) : "";
    verdicts.push({ name: each.name, fixed, resizable });
  }
  return { hasMethod, verdicts };
}

/** @param {import("./cases.mjs").HostCall} hostCall @param {any} given @param {boolean} isResizable */
async function verdictOf({ call, fills }, given, isResizable) {
  // V8 makes a buffer resizable only if the memory has a maximum.
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 4096 });
  const buffer = isResizable ? Reflect.get(memory, "toResizableBuffer").call(memory) : memory.buffer;
  const view = new Uint8Array(buffer, PAGE, LENGTH);
  for (let at = 0; at < LENGTH; at += 1) view[at] = (at * 31 + (at >> 8)) & 0xff;
  const before = Uint8Array.from(view);
  // Growing a fixed memory empties its views.
  const grow = () => void (isResizable && memory.grow(8));
  try {
    const bytes = await call({ ...given, view, grow });
    if (view.length !== LENGTH) return "the view was emptied";
    if (!sameBytes(bytes, fills ? view : before)) return `wrong bytes (${bytes.length} of ${LENGTH})`;
    const carried = bytes.buffer.byteLength;
    return carried > 2 * LENGTH - PAGE
      ? `taken, with all ${Math.round(carried / 1024 ** 2)} MiB of the memory`
      : "taken";
  } catch (error) {
    const { name, message } = /** @type {Error} */ (error);
    return `refused: ${name}: ${message.split("\n")[0]}`;
  }
}
