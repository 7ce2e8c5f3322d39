// The static layout. Every address is a compile-time constant, so that loads and stores carry it as an
// immediate and nothing is ever allocated. The arena of part buffers begins where this ends: the binding
// appends it by growing the memory once, before the first part buffer is used.
//
// Keep `initialMemory` in asconfig.json at ARENA / 65536 pages; a test compares the two.

/** The compiler uses the memory below (data segments begin at 1024). */
const BASE: usize = 4096;

/** Sixteen tables of 256 u64 for the table method: 32 KiB. */
export const CRC_TABLES: usize = BASE;
const CRC_TABLES_LENGTH: usize = 16 * 256 * 8;

/** x^(8·2^k) mod P for k = 0 … 63: the factors of combining. */
export const CRC_POWERS: usize = CRC_TABLES + CRC_TABLES_LENGTH;
export const CRC_POWERS_LENGTH: usize = 64 * 8;

/** The sixteen words of one block of four streams, transposed. */
export const MD5_WORDS: usize = CRC_POWERS + CRC_POWERS_LENGTH;
const MD5_WORDS_LENGTH: usize = 16 * 16;

/** For the binding: small states and outputs. */
export const SCRATCH: usize = MD5_WORDS + MD5_WORDS_LENGTH;
export const SCRATCH_LENGTH: usize = 4096;

/** Where folding writes, because it must not change its input: history and one block (crc64-fold.ts). */
export const FOLD: usize = SCRATCH + SCRATCH_LENGTH;
const FOLD_LENGTH: usize = 17792;

/** The input window: bytes that are not in the arena are copied here, in blocks of 256 KiB. */
export const WINDOW: usize = FOLD + FOLD_LENGTH;
export const WINDOW_LENGTH: usize = 262144;

/** The first byte after all of this, at the start of a page of WASM memory. */
export const ARENA: usize = (WINDOW + WINDOW_LENGTH + 65535) & ~65535;
