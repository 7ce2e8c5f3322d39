// Runs in Node, Deno and Bun: tries every case, and prints the verdicts as one line of JSON.
import { tryAll } from "./try-all.mjs";

const { origin, folder, undici } = JSON.parse(globalThis.process.argv[2] ?? "{}");
if (undici !== undefined) Reflect.set(globalThis, "undici", await import(undici));
console.log(JSON.stringify(await tryAll({ origin, folder })));
globalThis.process.exit(0);
