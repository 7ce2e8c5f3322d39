import { parseArgs } from "node:util";
import { BENCHES } from "../benches/index.mjs";
import { SUBJECTS } from "../compare/subjects.mjs";

/** Gives an interval of 1 % to 2 % on a quiet machine. */
const PAIRS = 15;

const OPTIONS = /** @type {const} */ ({
  quick: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  // For tests of the harness: tiny sizes, and no results are saved.
  tiny: { type: "boolean", default: false },
  "no-build": { type: "boolean", default: false },
  compare: { type: "string" },
  pairs: { type: "string" },
});

/**
 * Parses the command line. Exits with 2 if an argument is invalid.
 * @param {string[]} args
 */
export function readArguments(args) {
  const { values, positionals } = parsed(args);
  const known = (values.compare === undefined ? BENCHES : SUBJECTS).map(({ name }) => name);
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) refuse(`unknown bench ${unknown.join(", ")}: choose from ${known.join(", ")}`);
  if (values.pairs !== undefined && values.compare === undefined)
    refuse("--pairs can only be used with --compare CHECKOUT");
  const pairs = Number(values.pairs ?? PAIRS);
  if (!Number.isInteger(pairs) || pairs < 2)
    refuse(`--pairs must be a whole number of at least 2, not ${values.pairs}`);
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
