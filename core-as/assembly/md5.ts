// MD5 of one stream. The 64 steps of a block depend on one another, so its speed is the length of that
// chain; unrolling leaves nothing else on it: no index, no table of shifts, constants as immediates.
//
// State, 128 bytes, plain and relocatable:
//   0 … 15    a, b, c, d
//  16 … 23    bytes taken in so far; modulo 64, how much of the partial block is filled
//  64 … 127   the partial block

export const STATE_SIZE: u32 = 128;

/** Offsets in the state. */
export const TAKEN: usize = 16;
const PARTIAL: usize = 64;

/** Makes `state` that of an empty message. */
export function md5Init(state: usize): void {
  memory.fill(state, 0, STATE_SIZE);
  store<u32>(state, 0x67452301, 0);
  store<u32>(state, 0xefcdab89, 4);
  store<u32>(state, 0x98badcfe, 8);
  store<u32>(state, 0x10325476, 12);
}

/** Takes in `length` bytes. Whole blocks are hashed where they lie; what is left waits in the state. */
export function md5Update(state: usize, pointer: usize, length: usize): void {
  const taken = load<u64>(state, TAKEN);
  store<u64>(state, taken + length, TAKEN);

  const filled = <usize>(taken & 63);
  if (filled) {
    const missing: usize = 64 - filled;
    if (length < missing) {
      memory.copy(state + PARTIAL + filled, pointer, length);
      return;
    }
    memory.copy(state + PARTIAL + filled, pointer, missing);
    md5Blocks(state, state + PARTIAL, 1);
    pointer += missing;
    length -= missing;
  }

  const whole = length & ~63;
  md5Blocks(state, pointer, whole >> 6);
  memory.copy(state + PARTIAL, pointer + whole, length - whole);
}

/** Pads, hashes the last block, writes the 16 bytes at `out`. The state is spent: `md5Init` before reuse. */
export function md5Final(state: usize, out: usize): void {
  const taken = load<u64>(state, TAKEN);
  const filled = <usize>(taken & 63);
  const partial = state + PARTIAL;

  store<u8>(partial + filled, 0x80);
  memory.fill(partial + filled + 1, 0, 63 - filled);
  // The length in bits needs the last eight bytes of a block.
  if (filled >= 56) {
    md5Blocks(state, partial, 1);
    memory.fill(partial, 0, 56);
  }
  store<u64>(partial, taken << 3, 56);
  md5Blocks(state, partial, 1);

  v128.store(out, v128.load(state));
}

/** Hashes `blocks` whole blocks into a, b, c, d; does not count them. */
function md5Blocks(state: usize, pointer: usize, blocks: usize): void {
  let a = load<u32>(state, 0);
  let b = load<u32>(state, 4);
  let c = load<u32>(state, 8);
  let d = load<u32>(state, 12);

  for (; blocks > 0; blocks--) {
    const beforeA = a;
    const beforeB = b;
    const beforeC = c;
    const beforeD = d;

    a = round1(a, b, c, d, load<u32>(pointer, 0) + 0xd76aa478, 7);
    d = round1(d, a, b, c, load<u32>(pointer, 4) + 0xe8c7b756, 12);
    c = round1(c, d, a, b, load<u32>(pointer, 8) + 0x242070db, 17);
    b = round1(b, c, d, a, load<u32>(pointer, 12) + 0xc1bdceee, 22);
    a = round1(a, b, c, d, load<u32>(pointer, 16) + 0xf57c0faf, 7);
    d = round1(d, a, b, c, load<u32>(pointer, 20) + 0x4787c62a, 12);
    c = round1(c, d, a, b, load<u32>(pointer, 24) + 0xa8304613, 17);
    b = round1(b, c, d, a, load<u32>(pointer, 28) + 0xfd469501, 22);
    a = round1(a, b, c, d, load<u32>(pointer, 32) + 0x698098d8, 7);
    d = round1(d, a, b, c, load<u32>(pointer, 36) + 0x8b44f7af, 12);
    c = round1(c, d, a, b, load<u32>(pointer, 40) + 0xffff5bb1, 17);
    b = round1(b, c, d, a, load<u32>(pointer, 44) + 0x895cd7be, 22);
    a = round1(a, b, c, d, load<u32>(pointer, 48) + 0x6b901122, 7);
    d = round1(d, a, b, c, load<u32>(pointer, 52) + 0xfd987193, 12);
    c = round1(c, d, a, b, load<u32>(pointer, 56) + 0xa679438e, 17);
    b = round1(b, c, d, a, load<u32>(pointer, 60) + 0x49b40821, 22);

    a = round2(a, b, c, d, load<u32>(pointer, 4) + 0xf61e2562, 5);
    d = round2(d, a, b, c, load<u32>(pointer, 24) + 0xc040b340, 9);
    c = round2(c, d, a, b, load<u32>(pointer, 44) + 0x265e5a51, 14);
    b = round2(b, c, d, a, load<u32>(pointer, 0) + 0xe9b6c7aa, 20);
    a = round2(a, b, c, d, load<u32>(pointer, 20) + 0xd62f105d, 5);
    d = round2(d, a, b, c, load<u32>(pointer, 40) + 0x02441453, 9);
    c = round2(c, d, a, b, load<u32>(pointer, 60) + 0xd8a1e681, 14);
    b = round2(b, c, d, a, load<u32>(pointer, 16) + 0xe7d3fbc8, 20);
    a = round2(a, b, c, d, load<u32>(pointer, 36) + 0x21e1cde6, 5);
    d = round2(d, a, b, c, load<u32>(pointer, 56) + 0xc33707d6, 9);
    c = round2(c, d, a, b, load<u32>(pointer, 12) + 0xf4d50d87, 14);
    b = round2(b, c, d, a, load<u32>(pointer, 32) + 0x455a14ed, 20);
    a = round2(a, b, c, d, load<u32>(pointer, 52) + 0xa9e3e905, 5);
    d = round2(d, a, b, c, load<u32>(pointer, 8) + 0xfcefa3f8, 9);
    c = round2(c, d, a, b, load<u32>(pointer, 28) + 0x676f02d9, 14);
    b = round2(b, c, d, a, load<u32>(pointer, 48) + 0x8d2a4c8a, 20);

    a = round3(a, b, c, d, load<u32>(pointer, 20) + 0xfffa3942, 4);
    d = round3(d, a, b, c, load<u32>(pointer, 32) + 0x8771f681, 11);
    c = round3(c, d, a, b, load<u32>(pointer, 44) + 0x6d9d6122, 16);
    b = round3(b, c, d, a, load<u32>(pointer, 56) + 0xfde5380c, 23);
    a = round3(a, b, c, d, load<u32>(pointer, 4) + 0xa4beea44, 4);
    d = round3(d, a, b, c, load<u32>(pointer, 16) + 0x4bdecfa9, 11);
    c = round3(c, d, a, b, load<u32>(pointer, 28) + 0xf6bb4b60, 16);
    b = round3(b, c, d, a, load<u32>(pointer, 40) + 0xbebfbc70, 23);
    a = round3(a, b, c, d, load<u32>(pointer, 52) + 0x289b7ec6, 4);
    d = round3(d, a, b, c, load<u32>(pointer, 0) + 0xeaa127fa, 11);
    c = round3(c, d, a, b, load<u32>(pointer, 12) + 0xd4ef3085, 16);
    b = round3(b, c, d, a, load<u32>(pointer, 24) + 0x04881d05, 23);
    a = round3(a, b, c, d, load<u32>(pointer, 36) + 0xd9d4d039, 4);
    d = round3(d, a, b, c, load<u32>(pointer, 48) + 0xe6db99e5, 11);
    c = round3(c, d, a, b, load<u32>(pointer, 60) + 0x1fa27cf8, 16);
    b = round3(b, c, d, a, load<u32>(pointer, 8) + 0xc4ac5665, 23);

    a = round4(a, b, c, d, load<u32>(pointer, 0) + 0xf4292244, 6);
    d = round4(d, a, b, c, load<u32>(pointer, 28) + 0x432aff97, 10);
    c = round4(c, d, a, b, load<u32>(pointer, 56) + 0xab9423a7, 15);
    b = round4(b, c, d, a, load<u32>(pointer, 20) + 0xfc93a039, 21);
    a = round4(a, b, c, d, load<u32>(pointer, 48) + 0x655b59c3, 6);
    d = round4(d, a, b, c, load<u32>(pointer, 12) + 0x8f0ccc92, 10);
    c = round4(c, d, a, b, load<u32>(pointer, 40) + 0xffeff47d, 15);
    b = round4(b, c, d, a, load<u32>(pointer, 4) + 0x85845dd1, 21);
    a = round4(a, b, c, d, load<u32>(pointer, 32) + 0x6fa87e4f, 6);
    d = round4(d, a, b, c, load<u32>(pointer, 60) + 0xfe2ce6e0, 10);
    c = round4(c, d, a, b, load<u32>(pointer, 24) + 0xa3014314, 15);
    b = round4(b, c, d, a, load<u32>(pointer, 52) + 0x4e0811a1, 21);
    a = round4(a, b, c, d, load<u32>(pointer, 16) + 0xf7537e82, 6);
    d = round4(d, a, b, c, load<u32>(pointer, 44) + 0xbd3af235, 10);
    c = round4(c, d, a, b, load<u32>(pointer, 8) + 0x2ad7d2bb, 15);
    b = round4(b, c, d, a, load<u32>(pointer, 36) + 0xeb86d391, 21);

    pointer += 64;
    a += beforeA;
    b += beforeB;
    c += beforeC;
    d += beforeD;
  }

  store<u32>(state, a, 0);
  store<u32>(state, b, 4);
  store<u32>(state, c, 8);
  store<u32>(state, d, 12);
}

// `b` is the value the previous step has just made, so each form keeps it out of all but the last operations.

// @ts-ignore: decorator
@inline
function round1(a: u32, b: u32, c: u32, d: u32, word: u32, shift: u32): u32 {
  return rotl<u32>(a + word + (d ^ (b & (c ^ d))), shift) + b;
}

/** The two halves of (b & d) | (c & ~d) share no bit: adding them in turn shortens the chain by one step. */
// @ts-ignore: decorator
@inline
function round2(a: u32, b: u32, c: u32, d: u32, word: u32, shift: u32): u32 {
  return rotl<u32>(a + word + (c & ~d) + (b & d), shift) + b;
}

// @ts-ignore: decorator
@inline
function round3(a: u32, b: u32, c: u32, d: u32, word: u32, shift: u32): u32 {
  return rotl<u32>(a + word + (b ^ (c ^ d)), shift) + b;
}

// @ts-ignore: decorator
@inline
function round4(a: u32, b: u32, c: u32, d: u32, word: u32, shift: u32): u32 {
  return rotl<u32>(a + word + (c ^ (b | ~d)), shift) + b;
}
