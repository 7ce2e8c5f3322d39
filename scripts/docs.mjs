// Writes the reference of the API to docs/api, which is not committed. A warning fails it, as of an exported name without a
// comment or of a link that leads nowhere.
import { ensureInstalled, ensureTools, root } from "./bootstrap.mjs";

await ensureInstalled();
ensureTools("docs");
const { writeReference } = await import("../tools/docs/reference.mjs");
if (!(await writeReference(root.replace(/[/\\]$/, "")))) process.exit(1);
console.log("the reference is in docs/api/index.html");
