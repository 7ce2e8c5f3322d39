// MD5 of four streams at once, one in each 32-bit lane of a vector. A single one cannot be made faster (md5.ts),
// but an upload digests several parts side by side: measured three times the one-lane code, and three times
// node:crypto. Eight lanes, as two interleaved vectors, gain nothing more on x86-64, where they no longer
// fit the sixteen registers.

import { MD5_WORDS } from "./memory";
import { TAKEN } from "./md5";

/**
 * Advances four different states by `blocks` whole blocks each. 0, and nothing done, if there are none or
 * if a state holds a partial block; else 1.
 */
export function md5Update4(
  state0: usize,
  state1: usize,
  state2: usize,
  state3: usize,
  pointer0: usize,
  pointer1: usize,
  pointer2: usize,
  pointer3: usize,
  blocks: u32
): u32 {
  const taken =
    load<u64>(state0, TAKEN) | load<u64>(state1, TAKEN) | load<u64>(state2, TAKEN) | load<u64>(state3, TAKEN);
  if (blocks == 0 || taken & 63) return 0;

  transpose(state0, state1, state2, state3, MD5_WORDS);
  let a = word(0);
  let b = word(1);
  let c = word(2);
  let d = word(3);

  for (let block: u32 = 0; block < blocks; block++) {
    for (let offset: usize = 0; offset < 64; offset += 16) {
      const words = MD5_WORDS + (offset << 2);
      transpose(pointer0 + offset, pointer1 + offset, pointer2 + offset, pointer3 + offset, words);
    }
    pointer0 += 64;
    pointer1 += 64;
    pointer2 += 64;
    pointer3 += 64;

    const beforeA = a;
    const beforeB = b;
    const beforeC = c;
    const beforeD = d;

    a = round1(a, b, c, d, word(0), 0xd76aa478, 7);
    d = round1(d, a, b, c, word(1), 0xe8c7b756, 12);
    c = round1(c, d, a, b, word(2), 0x242070db, 17);
    b = round1(b, c, d, a, word(3), 0xc1bdceee, 22);
    a = round1(a, b, c, d, word(4), 0xf57c0faf, 7);
    d = round1(d, a, b, c, word(5), 0x4787c62a, 12);
    c = round1(c, d, a, b, word(6), 0xa8304613, 17);
    b = round1(b, c, d, a, word(7), 0xfd469501, 22);
    a = round1(a, b, c, d, word(8), 0x698098d8, 7);
    d = round1(d, a, b, c, word(9), 0x8b44f7af, 12);
    c = round1(c, d, a, b, word(10), 0xffff5bb1, 17);
    b = round1(b, c, d, a, word(11), 0x895cd7be, 22);
    a = round1(a, b, c, d, word(12), 0x6b901122, 7);
    d = round1(d, a, b, c, word(13), 0xfd987193, 12);
    c = round1(c, d, a, b, word(14), 0xa679438e, 17);
    b = round1(b, c, d, a, word(15), 0x49b40821, 22);

    a = round2(a, b, c, d, word(1), 0xf61e2562, 5);
    d = round2(d, a, b, c, word(6), 0xc040b340, 9);
    c = round2(c, d, a, b, word(11), 0x265e5a51, 14);
    b = round2(b, c, d, a, word(0), 0xe9b6c7aa, 20);
    a = round2(a, b, c, d, word(5), 0xd62f105d, 5);
    d = round2(d, a, b, c, word(10), 0x02441453, 9);
    c = round2(c, d, a, b, word(15), 0xd8a1e681, 14);
    b = round2(b, c, d, a, word(4), 0xe7d3fbc8, 20);
    a = round2(a, b, c, d, word(9), 0x21e1cde6, 5);
    d = round2(d, a, b, c, word(14), 0xc33707d6, 9);
    c = round2(c, d, a, b, word(3), 0xf4d50d87, 14);
    b = round2(b, c, d, a, word(8), 0x455a14ed, 20);
    a = round2(a, b, c, d, word(13), 0xa9e3e905, 5);
    d = round2(d, a, b, c, word(2), 0xfcefa3f8, 9);
    c = round2(c, d, a, b, word(7), 0x676f02d9, 14);
    b = round2(b, c, d, a, word(12), 0x8d2a4c8a, 20);

    a = round3(a, b, c, d, word(5), 0xfffa3942, 4);
    d = round3(d, a, b, c, word(8), 0x8771f681, 11);
    c = round3(c, d, a, b, word(11), 0x6d9d6122, 16);
    b = round3(b, c, d, a, word(14), 0xfde5380c, 23);
    a = round3(a, b, c, d, word(1), 0xa4beea44, 4);
    d = round3(d, a, b, c, word(4), 0x4bdecfa9, 11);
    c = round3(c, d, a, b, word(7), 0xf6bb4b60, 16);
    b = round3(b, c, d, a, word(10), 0xbebfbc70, 23);
    a = round3(a, b, c, d, word(13), 0x289b7ec6, 4);
    d = round3(d, a, b, c, word(0), 0xeaa127fa, 11);
    c = round3(c, d, a, b, word(3), 0xd4ef3085, 16);
    b = round3(b, c, d, a, word(6), 0x04881d05, 23);
    a = round3(a, b, c, d, word(9), 0xd9d4d039, 4);
    d = round3(d, a, b, c, word(12), 0xe6db99e5, 11);
    c = round3(c, d, a, b, word(15), 0x1fa27cf8, 16);
    b = round3(b, c, d, a, word(2), 0xc4ac5665, 23);

    a = round4(a, b, c, d, word(0), 0xf4292244, 6);
    d = round4(d, a, b, c, word(7), 0x432aff97, 10);
    c = round4(c, d, a, b, word(14), 0xab9423a7, 15);
    b = round4(b, c, d, a, word(5), 0xfc93a039, 21);
    a = round4(a, b, c, d, word(12), 0x655b59c3, 6);
    d = round4(d, a, b, c, word(3), 0x8f0ccc92, 10);
    c = round4(c, d, a, b, word(10), 0xffeff47d, 15);
    b = round4(b, c, d, a, word(1), 0x85845dd1, 21);
    a = round4(a, b, c, d, word(8), 0x6fa87e4f, 6);
    d = round4(d, a, b, c, word(15), 0xfe2ce6e0, 10);
    c = round4(c, d, a, b, word(6), 0xa3014314, 15);
    b = round4(b, c, d, a, word(13), 0x4e0811a1, 21);
    a = round4(a, b, c, d, word(4), 0xf7537e82, 6);
    d = round4(d, a, b, c, word(11), 0xbd3af235, 10);
    c = round4(c, d, a, b, word(2), 0x2ad7d2bb, 15);
    b = round4(b, c, d, a, word(9), 0xeb86d391, 21);

    a = i32x4.add(a, beforeA);
    b = i32x4.add(b, beforeB);
    c = i32x4.add(c, beforeC);
    d = i32x4.add(d, beforeD);
  }

  v128.store(MD5_WORDS, a, 0);
  v128.store(MD5_WORDS, b, 16);
  v128.store(MD5_WORDS, c, 32);
  v128.store(MD5_WORDS, d, 48);
  transpose(MD5_WORDS, MD5_WORDS + 16, MD5_WORDS + 32, MD5_WORDS + 48, MD5_WORDS + 64);
  put(state0, word(4), blocks);
  put(state1, word(5), blocks);
  put(state2, word(6), blocks);
  put(state3, word(7), blocks);
  return 1;
}

/** The four-lane word `index` of the present block. */
// @ts-ignore: decorator
@inline
function word(index: usize): v128 {
  return v128.load(MD5_WORDS + (index << 4));
}

/** Stores a state and counts what it took in. */
// @ts-ignore: decorator
@inline
function put(state: usize, values: v128, blocks: u32): void {
  v128.store(state, values);
  store<u64>(state, load<u64>(state, TAKEN) + ((<u64>blocks) << 6), TAKEN);
}

/** Reads four words at each of four places and writes four vectors at `out`: first words, second words, … */
// @ts-ignore: decorator
@inline
function transpose(pointer0: usize, pointer1: usize, pointer2: usize, pointer3: usize, out: usize): void {
  const row0 = v128.load(pointer0);
  const row1 = v128.load(pointer1);
  const row2 = v128.load(pointer2);
  const row3 = v128.load(pointer3);
  const low01 = v128.shuffle<u32>(row0, row1, 0, 4, 1, 5);
  const low23 = v128.shuffle<u32>(row2, row3, 0, 4, 1, 5);
  const high01 = v128.shuffle<u32>(row0, row1, 2, 6, 3, 7);
  const high23 = v128.shuffle<u32>(row2, row3, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<u64>(low01, low23, 0, 2), 0);
  v128.store(out, v128.shuffle<u64>(low01, low23, 1, 3), 16);
  v128.store(out, v128.shuffle<u64>(high01, high23, 0, 2), 32);
  v128.store(out, v128.shuffle<u64>(high01, high23, 1, 3), 48);
}

// The forms of md5.ts, lane by lane. There is no vector rotation in the portable instruction set.

// @ts-ignore: decorator
@inline
function step(sum: v128, b: v128, shift: i32): v128 {
  return i32x4.add(v128.or(i32x4.shl(sum, shift), i32x4.shr_u(sum, 32 - shift)), b);
}

// @ts-ignore: decorator
@inline
function addend(a: v128, word: v128, constant: i32): v128 {
  return i32x4.add(a, i32x4.add(word, i32x4.splat(constant)));
}

// @ts-ignore: decorator
@inline
function round1(a: v128, b: v128, c: v128, d: v128, word: v128, constant: i32, shift: i32): v128 {
  const mixed = v128.xor(d, v128.and(b, v128.xor(c, d)));
  return step(i32x4.add(addend(a, word, constant), mixed), b, shift);
}

// @ts-ignore: decorator
@inline
function round2(a: v128, b: v128, c: v128, d: v128, word: v128, constant: i32, shift: i32): v128 {
  const sum = i32x4.add(addend(a, word, constant), v128.andnot(c, d));
  return step(i32x4.add(sum, v128.and(b, d)), b, shift);
}

// @ts-ignore: decorator
@inline
function round3(a: v128, b: v128, c: v128, d: v128, word: v128, constant: i32, shift: i32): v128 {
  return step(i32x4.add(addend(a, word, constant), v128.xor(b, v128.xor(c, d))), b, shift);
}

// @ts-ignore: decorator
@inline
function round4(a: v128, b: v128, c: v128, d: v128, word: v128, constant: i32, shift: i32): v128 {
  const mixed = v128.xor(c, v128.or(b, v128.not(d)));
  return step(i32x4.add(addend(a, word, constant), mixed), b, shift);
}
