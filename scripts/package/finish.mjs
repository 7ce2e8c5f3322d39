// The last step of a package's build: `node ../../scripts/package/finish.mjs [--commonjs]`, in the package's folder.
// With --commonjs, it also writes a CommonJS file for each built ES module that has none.
import { readdirSync, readFileSync } from "node:fs";
import { writeCommonJs } from "./commonjs.mjs";
import { finishTypes } from "./types.mjs";

const { exports } = JSON.parse(readFileSync("package.json", "utf8"));
const built = readdirSync("dist").filter((name) => /\.c?js$/.test(name));
if (process.argv.includes("--commonjs")) await writeCommonJs(built);
finishTypes("dist/types", exports);
