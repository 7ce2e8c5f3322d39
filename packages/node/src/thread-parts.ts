/** What a client with threads loads with its first part: a file of its own in the package. */
export { FilePart } from "./threads/file-in-threads.ts";
export { Threads } from "./threads/threads.ts";
