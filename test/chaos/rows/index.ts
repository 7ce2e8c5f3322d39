import { besideForeign } from "../scenarios/neighbours.ts";
import { secondAppender, secondWriter } from "../scenarios/second-writer.ts";
import { oneKey } from "../scenarios/side-by-side.ts";
import { CALM, DOUBTFUL, HEAVY, type Rates } from "../simulation/fault.ts";
import { aborts } from "./aborts.ts";
import { changedSources } from "./changed-sources.ts";
import { expiry } from "./credentials.ts";
import { type Row, scenarioRow } from "./row.ts";
import { storm } from "./storm.ts";

const doubtful = (seed: number): Rates => (seed % 4 === 0 ? CALM : DOUBTFUL);

/** Promises that are tested by a number of cases without a failure. */
export const ROWS: readonly Row[] = [
  scenarioRow("two writers, one key", 1000, oneKey, (seed) => (seed % 2 === 0 ? CALM : HEAVY)),
  scenarioRow("foreign uploads stay", 100, besideForeign, (seed) => (seed % 2 === 0 ? CALM : HEAVY)),
  scenarioRow("beside a second writer", 10_000, secondWriter, doubtful, 150),
  scenarioRow("beside a second appender", 2_000, secondAppender, doubtful, 60),
  aborts,
  storm,
  expiry,
  changedSources,
];
