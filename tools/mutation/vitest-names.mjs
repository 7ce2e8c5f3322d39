// What tests import as "vitest", in the process that runs mutants. It collects the tests into the list that
// in-process-runner.mjs has prepared. Expectations and mocks are vitest's own.
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  customMatchers,
  GLOBAL_EXPECT,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from "@vitest/expect";
import { fn, restoreAllMocks, spyOn } from "@vitest/spy";
import * as chai from "chai";

const HOOKS = ["beforeAll", "beforeEach", "afterEach", "afterAll"];

let suite;

/** Collects what a test file declares. */
export async function collect(file, load, tests) {
  suite = { parent: undefined, name: "", file, tests, hooks: hooks() };
  await load();
}

function hooks() {
  return Object.fromEntries(HOOKS.map((name) => [name, []]));
}

function nameIn(parent, name) {
  return `${parent.name} ${String(name)}`.trim();
}

export function describe(name, body) {
  const parent = suite;
  suite = { parent, name: nameIn(parent, name), file: parent.file, tests: parent.tests, hooks: hooks() };
  body();
  suite = parent;
}

export function test(name, ...rest) {
  const body = rest.find((value) => typeof value === "function");
  const { file, tests } = suite;
  // Two tests may have one name: the number of the declaration tells them apart.
  const number = tests.filter((other) => other.suite.file === file).length + 1;
  const full = `${nameIn(suite, name)} (${number})`;
  tests.push({ id: `${file}#${full}`, name: full, suite, body });
}

const each =
  (declare) =>
  (rows) =>
  (name, ...rest) => {
    const body = rest.find((value) => typeof value === "function");
    // As in Vitest, arrays are lists of arguments only if all rows are: among other values, an array is a value.
    const areLists = rows.every(Array.isArray);
    for (const row of rows) declare(name, () => (areLists ? body(...row) : body(row)));
  };
describe.each = each(describe);
test.each = each(test);
export const it = test;

const hook = (kind) => (body) => void suite.hooks[kind].push(body);
export const [beforeAll, beforeEach, afterEach, afterAll] = HOOKS.map(hook);

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);
export const expect = (value, message) => chai.expect(value, message);
Object.assign(expect, chai.expect);
Object.assign(expect, globalThis[ASYMMETRIC_MATCHERS_OBJECT]);
setState({ assertionCalls: 0, isExpectingAssertions: false, customTesters: [] }, expect);
globalThis[GLOBAL_EXPECT] = expect;
chai.expect.extend(expect, customMatchers);
expect.poll = (read) => ({
  toBe: async (value) => {
    while (!Object.is(await read(), value)) await new Promise((resolve) => setTimeout(resolve, 20));
  },
});

export const vi = { fn, spyOn, restoreAllMocks };

/** Types are checked elsewhere. */
const anything = new Proxy(() => anything, { get: () => anything });
export const expectTypeOf = anything;
