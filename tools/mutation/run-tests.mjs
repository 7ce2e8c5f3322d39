// Runs collected tests one after another until one fails.

/** The suites of a test, from the outermost. */
function chain(suite) {
  return suite === undefined ? [] : [...chain(suite.parent), suite];
}

/**
 * @param around called before and after each test, with its id
 * @returns one result per test that ran: `{ test, ms, error }`
 */
export async function runTests(tests, { bail, around }) {
  const results = [];
  const begun = new Set();
  const stray = [];
  const onStray = (error) => stray.push(error);
  process.on("unhandledRejection", onStray);
  process.on("uncaughtException", onStray);
  try {
    for (const test of tests) {
      const result = await runTest(test, begun, around, stray);
      results.push(result);
      if (bail && result.error !== undefined) break;
    }
    for (const suite of begun) for (const hook of suite.hooks.afterAll) await hook();
  } finally {
    process.off("unhandledRejection", onStray);
    process.off("uncaughtException", onStray);
  }
  return results;
}

async function runTest(test, begun, around, stray) {
  const suites = chain(test.suite);
  const start = performance.now();
  const ended = (error) => ({ test, ms: performance.now() - start, error });
  around(test.id);
  try {
    for (const suite of suites) {
      if (!begun.has(suite)) for (const hook of suite.hooks.beforeAll) await hook();
      begun.add(suite);
    }
    for (const { hooks } of suites) for (const hook of hooks.beforeEach) await hook();
    try {
      await test.body();
    } finally {
      for (const { hooks } of suites.toReversed()) for (const hook of hooks.afterEach) await hook();
    }
    // A rejection that nobody handles is reported in a turn of its own.
    await new Promise((resolve) => setImmediate(resolve));
    if (stray.length > 0) throw stray.splice(0)[0];
    return ended(undefined);
  } catch (error) {
    return ended(error ?? new Error("rejected with nothing"));
  } finally {
    around(undefined);
  }
}
