/**
 * Forms that upload from a page without credentials in it: `getPresignedPost()` makes their fields on a server.
 *
 * @module
 */
export * from "@cosup/core/post";
