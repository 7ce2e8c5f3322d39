/**
 * Forms that upload from a page without credentials in it: `getPresignedPost()` makes their fields on a server.
 *
 * @module
 */
export type { PostCondition } from "./policy.ts";
export { type GetPresignedPostParameters, getPresignedPost, type PresignedPost } from "./presigned-post.ts";
