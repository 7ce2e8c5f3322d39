// Which advisories concern the code of others in our bundles.

/**
 * @typedef {{ name: string, packages: readonly { name: string, version: string }[] }} Bundle
 * @typedef {Record<string, readonly { title: string, url: string, severity: string, vulnerable_versions: string }[]>} Advisories
 */

/**
 * The versions of each bundled package, as npm's registry wants them. Code inside a package ("in undici 7.30.2") is a
 * matter of that package's own advisories.
 * @param {readonly Bundle[]} bundles
 */
export function bundledVersions(bundles) {
  /** @type {Record<string, string[]>} */
  const versions = {};
  for (const { name, version } of bundles.flatMap(({ packages }) => packages)) {
    const within = /^in (\S+) (\S+)$/.exec(version);
    const [owner = name, exact = version] = within?.slice(1) ?? [];
    versions[owner] = [...new Set([...(versions[owner] ?? []), exact])];
  }
  return versions;
}

/**
 * One line for each package of ours that contains a version that an advisory names.
 * @param {readonly Bundle[]} bundles
 * @param {Advisories} advisories
 */
export function concerned(bundles, advisories) {
  return bundles.flatMap((bundle) =>
    Object.entries(bundledVersions([bundle])).flatMap(([name, versions]) =>
      versions.flatMap((version) =>
        (advisories[name] ?? [])
          .filter(({ vulnerable_versions: range }) => isInRange(version, range))
          .map(
            ({ title, url, severity }) =>
              `packages/${bundle.name} contains ${name} ${version}: ${severity}, ${title} (${url})`,
          ),
      ),
    ),
  );
}

/** Whether a version is in a range such as ">=6.0.0 <6.21.2 || 7.0.0". Anything else counts as in it. */
export function isInRange(/** @type {string} */ version, /** @type {string} */ range) {
  return range.split("||").some((alternative) => {
    const text = alternative.trim().replace(/([<>=]+)\s+/g, "$1");
    return text === "*" || text === "" || text.split(/\s+/).every((bound) => isWithin(version, bound));
  });
}

function isWithin(/** @type {string} */ version, /** @type {string} */ bound) {
  const [, operator = "=", limit] = /^(<=|>=|<|>|=)?v?(\d+\.\d+\.\d+(?:-[\w.-]+)?)$/.exec(bound) ?? [];
  if (limit === undefined) return true;
  const order = compare(version, limit);
  return { "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0, "=": order === 0 }[operator];
}

/** Orders two versions; one with a suffix comes before the same without. */
function compare(/** @type {string} */ a, /** @type {string} */ b) {
  const [left, right] = [a, b].map((text) => ({ numbers: text.split("-")[0].split(".").map(Number), text }));
  const at = left.numbers.findIndex((number, index) => number !== right.numbers[index]);
  if (at >= 0) return left.numbers[at] - right.numbers[at];
  return Number(right.text.includes("-")) - Number(left.text.includes("-"));
}
