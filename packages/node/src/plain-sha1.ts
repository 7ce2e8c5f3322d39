import type { Sha1 } from "@cosup/core/runtime";

const BLOCK_BYTES = 64;

/** The five words of SHA-1 (RFC 3174) between two blocks. */
type State = readonly [number, number, number, number, number];

const INITIAL: State = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476, 0xc3d2e1f0 | 0];

/** The message schedule of the current block. SHA-1 runs without a pause, so one is enough. */
const words = new Int32Array(80);

/**
 * SHA-1 and HMAC-SHA1 (RFC 2104) in JavaScript, for which nothing has to be loaded. To sign a request takes 8 µs with it,
 * 2 µs with `node:crypto`.
 */
export function plainSha1(): Sha1 {
  let lastKey: string | undefined;
  let inner = INITIAL;
  let outer = INITIAL;
  return {
    digest: (text) => hexOf(hash(INITIAL, Buffer.from(text, "utf8"), 0)),
    hmac: (key, text) => {
      // The same key for every request of five minutes.
      if (key !== lastKey) {
        const bytes = Buffer.from(key, "utf8");
        const short = bytes.length > BLOCK_BYTES ? bytesOf(hash(INITIAL, bytes, 0)) : bytes;
        inner = stateAfterKey(short, 0x36);
        outer = stateAfterKey(short, 0x5c);
        lastKey = key;
      }
      const digest = hash(inner, Buffer.from(text, "utf8"), BLOCK_BYTES);
      return hexOf(hash(outer, bytesOf(digest), BLOCK_BYTES));
    },
  };
}

/** The state behind a padded key, from which every HMAC with that key goes on. */
function stateAfterKey(key: Uint8Array, padding: number): State {
  const block = new Uint8Array(BLOCK_BYTES).map((_, at) => (key[at] ?? 0) ^ padding);
  return addBlock(INITIAL, new DataView(block.buffer), 0);
}

/** Adds the last bytes of a message, and the padding. @param before bytes of the message that `state` has already */
function hash(state: State, bytes: Uint8Array, before: number): State {
  const padded = new Uint8Array((((bytes.length + 8) >> 6) + 1) * BLOCK_BYTES);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  // In bits. The upper half of the 64-bit length stays 0: no text to sign has 512 MB.
  view.setUint32(padded.length - 4, (before + bytes.length) * 8);
  let next = state;
  for (let at = 0; at < padded.length; at += BLOCK_BYTES) next = addBlock(next, view, at);
  return next;
}

function addBlock(state: State, view: DataView, at: number): State {
  const w = words;
  for (let t = 0; t < 16; t += 1) w[t] = view.getInt32(at + 4 * t);
  for (let t = 16; t < 80; t += 1) {
    // Inside the array: `?? 0` is for the type alone. No functions here, because the first request of a program
    // interprets these loops.
    const x = (w[t - 3] ?? 0) ^ (w[t - 8] ?? 0) ^ (w[t - 14] ?? 0) ^ (w[t - 16] ?? 0);
    w[t] = (x << 1) | (x >>> 31);
  }
  let [a, b, c, d, e] = state;
  for (let t = 0; t < 80; t += 1) {
    // `| 0` behind each addition: V8 allocates an object for every sum above 32 bits while it interprets this. The 50 KB
    // of a first request were enough for one more garbage collection, a tenth of a program's start.
    let mixed = ((b ^ c ^ d) + (t < 40 ? 0x6ed9eba1 : -0x359d3e2a)) | 0;
    if (t < 20) mixed = (((b & c) | (~b & d)) + 0x5a827999) | 0;
    else if (t >= 40 && t < 60) mixed = (((b & c) | (d & (b | c))) - 0x70e44324) | 0;
    const rotated = (((a << 5) | (a >>> 27)) + e) | 0;
    const next = (((rotated + mixed) | 0) + (w[t] ?? 0)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  return [(state[0] + a) | 0, (state[1] + b) | 0, (state[2] + c) | 0, (state[3] + d) | 0, (state[4] + e) | 0];
}

function hexOf(state: State): string {
  return state.map((each) => (each >>> 0).toString(16).padStart(8, "0")).join("");
}

function bytesOf(state: State): Uint8Array {
  const view = new DataView(new ArrayBuffer(20));
  state.forEach((each, index) => {
    view.setInt32(4 * index, each);
  });
  return new Uint8Array(view.buffer);
}
