import { parseArgs } from "node:util";
import { BENCHES } from "../benches/index.mjs";
import { SUBJECTS } from "../compare/subjects.mjs";

/** Enough for an interval of one or two per cent on a quiet machine. */
const PAIRS = 15;

const OPTIONS = /** @type {const} */ ({
  quick: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  // To try the harness: minute sizes, nothing is kept.
  tiny: { type: "boolean", default: false },
  "no-build": { type: "boolean", default: false },
  compare: { type: "string" },
  pairs: { type: "string" },
});

/**
 * What the command line asks for; ends the process with 2 where it makes no sense.
 * @param {string[]} args
 */
export function readArguments(args) {
  const { values, positionals } = parsed(args);
  const known = (values.compare === undefined ? BENCHES : SUBJECTS).map(({ name }) => name);
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) refuse(`there is no ${unknown.join(", ")}; there are ${known.join(", ")}`);
  if (values.pairs !== undefined && values.compare === undefined)
    refuse("--pairs goes with --compare CHECKOUT");
  const pairs = Number(values.pairs ?? PAIRS);
  if (!Number.isInteger(pairs) || pairs < 2)
    refuse(`--pairs takes a whole number from 2, not ${values.pairs}`);
  return {
    names: positionals,
    scale: /** @type {"tiny" | "quick" | "full"} */ (values.tiny ? "tiny" : values.quick ? "quick" : "full"),
    json: values.json,
    build: !values["no-build"],
    other: values.compare,
    pairs,
  };
}

/** @param {string[]} args */
function parsed(args) {
  try {
    return parseArgs({ args, allowPositionals: true, options: OPTIONS });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** @param {string} message @returns {never} */
function refuse(message) {
  console.error(`bench: ${message}`);
  process.exit(2);
}
