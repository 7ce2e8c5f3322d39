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

/** Bytes of one entry of the metadata (name and value), and of all of them. COS document 436/7749, "x-cos-meta-*". */
export const MAX_METADATA_ENTRY_BYTES = 2048;
export const MAX_METADATA_BYTES = 4096;

/** Tags of an object, and characters of their keys and values. */
export const MAX_TAGS = 10;
export const MAX_TAG_KEY_CHARACTERS = 127;
export const MAX_TAG_VALUE_CHARACTERS = 255;
