// The limits of COS, each of them once. COS document 436/14518, where no other is named.

/** Parts of one upload. */
export const MAX_PARTS = 10_000;

/** Bytes of one PUT, one append or one part: 5 GB. */
export const MAX_BODY_BYTES = 5 * 1024 ** 3;

/** MB of a part: 5 GB. */
export const MAX_PART_MB = 5120;

/** Bytes of an object, as COS states them (50 TB); 10 000 parts of 5 GB are 48.8 TiB. */
export const MAX_OBJECT_BYTES = 50 * 1024 ** 4;

/** Bytes of a key in UTF-8. COS document 436/13324. */
export const MAX_KEY_BYTES = 850;

/** Items on one page of a list. */
export const MAX_PAGE_SIZE = 1000;

/** bit/s of one request: 100 KB/s to 100 MB/s. */
export const MIN_TRAFFIC_LIMIT = 819_200;
export const MAX_TRAFFIC_LIMIT = 838_860_800;
