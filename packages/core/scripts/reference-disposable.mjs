// The client's type has `[Symbol.asyncDispose]`: names the library that declares the symbol, for programs whose own
// `lib` lacks it. Not in the source, as JSR takes no such directive.
import { readFileSync, writeFileSync } from "node:fs";

const file = new URL("../dist/types/client.d.ts", import.meta.url);
const directive = '/// <reference lib="esnext.disposable" />\n';
const types = readFileSync(file, "utf8");
if (!types.startsWith(directive)) writeFileSync(file, directive + types);
