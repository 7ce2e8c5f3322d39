import { changes, traps } from "./changes.ts";
import { exits, links, loops } from "./links.ts";
import { names, wrongNames } from "./names.ts";
import { roots, shapes, unreadable } from "./shapes.ts";
import type { Tree } from "./tree.ts";

/** Every tree, by topic. */
export const TREES: Readonly<Record<string, readonly Tree[]>> = {
  links,
  loops,
  "links out of the root": exits,
  names,
  "names that are no keys": wrongNames,
  shapes,
  "what cannot be read": unreadable,
  roots,
  "changes on the way": changes,
  "changes that lead out of the root": traps,
};
