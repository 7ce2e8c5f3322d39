import { besideForeign } from "../scenarios/neighbours.ts";
import { oneKey } from "../scenarios/side-by-side.ts";
import { CALM, HEAVY } from "../simulation/fault.ts";
import { aborts } from "./aborts.ts";
import { changedSources } from "./changed-sources.ts";
import { expiry } from "./credentials.ts";
import { type Row, scenarioRow } from "./row.ts";
import { storm } from "./storm.ts";

/** Rows of the acceptance matrix that have a figure of their own. */
export const ROWS: readonly Row[] = [
  scenarioRow("two writers, one key", 1000, oneKey, (seed) => (seed % 2 === 0 ? CALM : HEAVY)),
  scenarioRow("foreign uploads stay", 100, besideForeign, (seed) => (seed % 2 === 0 ? CALM : HEAVY)),
  aborts,
  storm,
  expiry,
  changedSources,
];
