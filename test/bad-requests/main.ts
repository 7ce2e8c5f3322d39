import { parseArgs } from "node:util";
import { campaign } from "./campaign.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "200000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    first: { type: "string", default: "0" },
  },
});
const [count, seed, first] = [Number(values.count), Number(values.seed), Number(values.first)];
console.log(`${count} damaged requests, seed ${seed}, from ${first}`);
const { failures, ...tally } = await campaign({ seed, count, first });
console.log(JSON.stringify(tally, undefined, 2));
for (const failure of failures) console.error(`\n${failure}\n  again: --seed ${seed} --first N --count 1`);
console.log(failures.length === 0 ? "nothing went wrong" : `${failures.length} failures`);
process.exit(failures.length === 0 ? 0 : 1);
