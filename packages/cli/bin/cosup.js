#!/usr/bin/env node
// Nothing is imported before this: what an older Node says of the rest names no version.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 18)) {
  console.error(`cosup: needs Node 20.18 or later: this is Node ${process.versions.node}`);
  process.exit(2);
}
await import("../dist/main.js");
