// These packages have no types of their own. They are versions of Node's module.
declare module "readable-stream-2" {
  export { default } from "node:stream";
}
declare module "readable-stream-3" {
  export { default } from "node:stream";
}
declare module "readable-stream-4" {
  export { default } from "node:stream";
}
