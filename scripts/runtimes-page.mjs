// docs/runtimes.md: what the contract suite says of each runtime, written by the run that has tried them all.
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { alpnSection, HANDSHAKE_CASE } from "./alpn-page.mjs";
import { root } from "./bootstrap.mjs";
import { workersSection } from "./workers-page.mjs";

/** Why a runtime lacks what some cases need. */
const REASONS = {
  files: "a Worker and a page have no file system",
  "node:stream": "it has no modules of Node",
  "readable-stream 2": "the package needs modules of Node",
  "readable-stream 3": "the package needs modules of Node",
  "readable-stream 4": "the package needs modules of Node",
  streamx: "the package needs modules of Node",
  "encoded bodies": "a browser decodes gzip itself, and a page does not see the bytes that came",
  "a HEAD response without a body": "a browser cannot tell a response that was cut off from a whole one",
};

/**
 * @typedef {object} Verdict
 * @property {string} name
 * @property {boolean} [passed]
 * @property {boolean} [absent]
 */

/**
 * @param {Map<string, Verdict[]>} reports by the name of the runtime
 * @param {object} of
 * @param {Record<string, { binary?: string }>} of.runtimes
 * @param {Record<string, string>} of.needs what a case needs that some runtimes lack
 * @param {readonly string[]} of.disagreements
 */
export async function writeRuntimes(reports, { runtimes, needs, disagreements }) {
  const rows = [...reports].map(([name, verdicts]) => {
    const passed = verdicts.filter((verdict) => verdict.passed).length;
    const absent = verdicts.filter((verdict) => verdict.absent);
    const failed = verdicts.length - passed - absent.length;
    const lacked = grouped(absent, needs);
    const lacks = [...lacked].map(([need, cases]) => `${need} (${cases.length})`).join(", ") || "nothing";
    return `| ${name} | ${versionOf(name, runtimes[name]?.binary)} | ${passed} | ${failed} | ${absent.length} | ${lacks} |`;
  });
  const lacked = new Set(
    [...reports.values()].flat().flatMap((each) => (each.absent ? [needs[each.name]] : [])),
  );
  const reasons = [...lacked].map((need) => `- **${need}**: ${REASONS[need] ?? "not said"}.`);
  const differences =
    disagreements.length === 0
      ? "No two runtimes disagree about a case that both have."
      : disagreements.map((line) => `- ${line}`).join("\n");
  await writeFile(
    `${root}docs/runtimes.md`,
    `# Runtimes

The contract suite, test/contract, is the same code in every runtime: what passes in one passes in all that have what it needs.
\`npm run test:matrix\` runs it in those of the table, against the emulator, and writes this page. \`npm test\` runs it in some
of them, and CI in more.

| runtime | version | passed | failed | absent | what it lacks (cases) |
|---|---|---|---|---|---|
${rows.join("\n")}

${differences}

Written on ${new Date().toISOString().slice(0, 10)}, on ${process.platform} ${process.arch}.

## What a runtime lacks

A case that needs something which a runtime does not have is absent there. It does not count as passed.

${reasons.join("\n")}

## HTTP/2

What is offered by ALPN in the first TLS handshake, most wanted first, as a server noted that takes \`h2\` and \`http/1.1\`. Who
offers \`h2\` gets HTTP/2 from a server that has it: [network.md](network.md#http2) says what follows. In Workers it is workerd's
offer; that of Cloudflare's network was not seen. The run of one case writes this table as well:
\`npm run test:contract -- --matrix --only "${HANDSHAKE_CASE}"\`.

${alpnSection()}

## Workers by compatibility date

From 2026-08-04 on a Worker has the modules of Node without a flag; \`no_nodejs_compat\` takes them away. A name with
\`nodejs_compat\` in the table is a Worker that has them, by the flag before that date and by default from then on. cosup needs
none of them: with them, streams of Node are accepted as bodies too.

## Workers by miniflare

test/workers has the Workers adapter and the example Workers in workerd with R2, Durable Objects, Queues and Workflows: the same
code with miniflare 4 and 5. \`npm run test:workers -- --miniflare 5\` takes 5, and \`npm run test:matrix\` both.

${workersSection()}

[workers-edges.md](workers-edges.md) has what is odd in both.
`,
  );
}

/** @param {readonly Verdict[]} verdicts @param {Record<string, string>} needs @returns {Map<string | undefined, Verdict[]>} */
function grouped(verdicts, needs) {
  const groups = new Map();
  for (const verdict of verdicts) {
    const need = needs[verdict.name];
    groups.set(need, [...(groups.get(need) ?? []), verdict]);
  }
  return groups;
}

/** @param {string} name @param {string | undefined} binary */
function versionOf(name, binary = process.execPath) {
  const args = name === "chromium" ? ["--version", "--no-sandbox"] : ["--version"];
  const [line = ""] = execFileSync(binary, args, { encoding: "utf8" }).split("\n");
  return /\d+(?:[.-]\d+)+/.exec(line)?.[0] ?? line;
}
