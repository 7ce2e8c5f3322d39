/**
 * The objects of a bucket: list them, delete many at once.
 *
 * @module
 */
export * from "@cosup/core/objects";
