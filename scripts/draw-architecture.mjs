// npm run draw: writes the pictures of ARCHITECTURE.md from the code. A test compares them with what is committed.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { drawPackages } from "./pictures/packages.mjs";
import { drawWay } from "./pictures/way.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

writeFileSync(`${root}docs/packages.svg`, drawPackages(root));
writeFileSync(`${root}docs/way-of-a-byte.svg`, drawWay(root));
