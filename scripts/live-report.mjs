// What `npm run test:live` prints: the verdicts of two runs side by side, without secrets.

/**
 * @typedef {{ name: string, status: "passed" | "failed" | "skipped", message?: string }} Verdict
 * @typedef {{ verdicts: Verdict[], headers: Record<string, string[]>, cleanUp: { objects: number, uploads: number, left: number } | undefined }} Run
 */

/** Reads the lines of a run. @param {string} output @returns {Run} */
export function readRun(output) {
  /** @type {Run} */
  const run = { verdicts: [], headers: {}, cleanUp: undefined };
  for (const line of output.split("\n").filter((text) => text.startsWith("{"))) {
    const record = JSON.parse(line);
    if (record.headers !== undefined) run.headers = record.headers;
    else if (record.cleanUp !== undefined) run.cleanUp = record.cleanUp;
    else run.verdicts.push(record);
  }
  return run;
}

/** The cases that passed against the emulator and not against the bucket. @param {Run} local @param {Run} live */
export function differences(local, live) {
  const byName = new Map(live.verdicts.map((verdict) => [verdict.name, verdict]));
  return local.verdicts.flatMap(({ name, status }) => {
    if (status !== "passed") return [];
    const there = byName.get(name);
    if (there?.status === "passed") return [];
    return [`${name}\n    ${there === undefined ? "no verdict" : (there.message ?? there.status)}`];
  });
}

/** The response headers that only one of the two has, for each operation and status that both have seen. */
export function headerDifferences(/** @type {Run} */ local, /** @type {Run} */ live) {
  return Object.keys(local.headers)
    .filter((operation) => live.headers[operation] !== undefined)
    .flatMap((operation) => {
      const here = new Set(local.headers[operation]);
      const there = new Set(live.headers[operation]);
      const more = [...there].filter((name) => !here.has(name)).map((name) => `+${name}`);
      const fewer = [...here].filter((name) => !there.has(name)).map((name) => `-${name}`);
      return more.length + fewer.length === 0 ? [] : [`${operation}: ${[...more, ...fewer].join(" ")}`];
    });
}

/** Removes secrets and signatures, which no line should contain in the first place. @param {readonly string[]} secrets */
export function redactor(secrets) {
  return (/** @type {string} */ text) =>
    secrets
      .filter((secret) => secret !== "")
      .reduce((rest, secret) => rest.replaceAll(secret, "***"), text)
      .replace(/(q-signature|x-cos-security-token)=[^&\s"']+/g, "$1=***");
}
