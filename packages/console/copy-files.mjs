// node copy-files.mjs FROM TO: copies the files that a page loads, without source maps. The build of this package copies
// what needs no build from src to dist, and that of the emulator copies dist.
import { cpSync, mkdirSync, readdirSync } from "node:fs";
import { extname, join } from "node:path";

const [, , from = "", to = ""] = process.argv;
const served = from === "src" ? [".svg"] : [".html", ".svg", ".js"];
const found = readdirSync(from).filter((name) => served.includes(extname(name)));
if (found.length === 0) throw new Error(`${from} has no file of a page`);
mkdirSync(to, { recursive: true });
for (const name of found) cpSync(join(from, name), join(to, name));
