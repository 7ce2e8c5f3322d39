// Turns Stryker's report into docs/mutation.md.
import { equivalents } from "./equivalents.mjs";

const DEAD = new Set(["Killed", "Timeout"]);
const ALIVE = new Set(["Survived", "NoCoverage"]);

/**
 * @param report Stryker's, of all runs together
 * @param runs the commit and the date of the run that a file's result is of
 * @param missing files that no run has been made for
 * @returns the page, and a summary in one line
 */
export function page(report, runs, missing) {
  const rows = Object.entries(report.files)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, { mutants }]) => ({ file, ...countsOf(mutants) }));
  const total = countsOf(Object.values(report.files).flatMap(({ mutants }) => mutants));
  const alive = Object.entries(report.files)
    .flatMap(([file, { source, mutants }]) =>
      mutants.filter(({ status }) => ALIVE.has(status)).map((mutant) => describe(file, source, mutant)),
    )
    .sort((a, b) => (a.file === b.file ? a.number - b.number : a.file < b.file ? -1 : 1));
  const known = alive.filter(({ why }) => why !== undefined);
  const open = alive.filter(({ why }) => why === undefined);
  for (const entry of equivalents)
    if (report.files[entry.file] && !known.some(({ entry: used }) => used === entry))
      console.error(`mutation: no survivor is the equivalent of ${entry.file}: ${entry.line}`);
  const summary = `mutation: ${total.killed + total.timeout} of ${total.all} mutants killed, ${total.score} %; ${known.length} of the ${alive.length} others change nothing that can be seen`;
  return { text: textOf(report, rows, total, known, open, runs, missing), summary };
}

function countsOf(mutants) {
  const count = (...statuses) => mutants.filter(({ status }) => statuses.includes(status)).length;
  const dead = mutants.filter(({ status }) => DEAD.has(status)).length;
  const all = dead + count(...ALIVE);
  return {
    all,
    killed: count("Killed"),
    survived: count("Survived"),
    uncovered: count("NoCoverage"),
    timeout: count("Timeout"),
    score: all === 0 ? "–" : ((100 * dead) / all).toFixed(1),
  };
}

function describe(file, source, { location: { start, end }, replacement, mutatorName }) {
  const lines = source.split("\n");
  const line = lines[start.line - 1].trim();
  const original =
    start.line === end.line
      ? lines[start.line - 1].slice(start.column - 1, end.column - 1)
      : `${lines[start.line - 1].slice(start.column - 1)} …`;
  const entry = equivalents.find(
    (candidate) =>
      candidate.file === file &&
      line.includes(candidate.line) &&
      (candidate.code === undefined || candidate.code === original) &&
      (candidate.becomes === undefined || candidate.becomes === replacement),
  );
  return { file, number: start.line, line, original, replacement, mutatorName, entry, why: entry?.why };
}

function textOf(report, rows, total, known, open, runs, missing) {
  return `# Mutation testing

<!-- Written by npm run test:mutation; the words are in tools/mutation/page.mjs. -->

\`\`\`sh no-run: takes an hour
npm run test:mutation                                  # all files, writes this page
npm run test:mutation -- resume --concurrency 1        # the files whose path contains "resume"
npm run test:mutation -- --force                       # also what has not changed since the last run
\`\`\`

Stryker ${report.framework.version} changes the code of retry, resume and checkpoints in one place at a time, runs the tests
that reach the place, and expects one of them to fail. Killed: **${total.killed + total.timeout} of ${total.all} mutants, ${total.score} %**; without the ${known.length}
equivalents, which no test can kill, ${scoreWithout(total, known)} %.${missingText(missing)}

| file | mutants | killed | survived | no coverage | timeout | score | measured |
|---|--:|--:|--:|--:|--:|--:|---|
${rows.map((row) => tableRow(`\`${row.file.replace("packages/", "")}\``, row, measured(runs[row.file]))).join("\n")}
${tableRow("**all**", total, "")}

- The judges of a file are the tests of its subject (\`tools/mutation/options.mjs\` names them), on virtual time where time
  matters. Other tests of core, the contract, chaos, fault and crash suites, and the tests whose code runs in processes of
  its own, do not take part: what they alone would find counts as survived.
- No kind of mutant is left out, texts of errors included, and no line of the source is exempt. The score counts the
  equivalents below as survived. A timeout is a mutant that never ends, and counts as killed.
- Each subject is a run of its own, so that one file can be measured in a few minutes; the report has the results of all
  runs, each with its commit. Later runs repeat only what a change of the source or the tests can have touched; after new
  tests of a constant, \`--force\` the file. Stryker is installed on demand, in \`tools/mutation\`. Each survivor with its
  tests: \`.cache/mutation/report.html\`. Under 80 %, the command fails.

## Equivalent mutants

${known.length} survivors that no test can tell from the code:

${known.length === 0 ? "None." : equivalentRows(known)}

## Survivors

${open.length === 0 ? "There are no others." : survivorRows(open)}
`;
}

function tableRow(name, { all, killed, survived, uncovered, timeout, score }, when) {
  return `| ${name} | ${[all, killed, survived, uncovered, timeout].join(" | ")} | ${score} % | ${when} |`;
}

function measured(run) {
  return run === undefined ? "" : `${run.date}, ${run.commit}`;
}

function scoreWithout({ killed, timeout, all }, known) {
  return ((100 * (killed + timeout)) / (all - known.length)).toFixed(1);
}

function missingText(missing) {
  if (missing.length === 0) return "";
  return `\n\nNot measured yet: ${missing.map((file) => `\`${nameOf(file)}\``).join(", ")}.`;
}

function equivalentRows(known) {
  const rows = known.map(
    ({ file, original, replacement, why }) =>
      `| \`${nameOf(file)}\` | ${code(original)} | ${code(replacement)} | ${why} |`,
  );
  return ["| file | code | mutant | why nothing changes |", "|---|---|---|---|", ...new Set(rows)].join("\n");
}

function survivorRows(open) {
  const rows = open.map(
    ({ file, number, original, replacement }) =>
      `| \`${nameOf(file)}:${number}\` | ${code(original)} | ${code(replacement)} |`,
  );
  return [`The other ${open.length}:\n`, "| place | code | mutant |", "|---|---|---|", ...rows].join("\n");
}

function nameOf(file) {
  return file.split("/").at(-1);
}

/** Code in a cell of a table: on one line, and short. */
function code(text) {
  const line = text.replace(/\s+/g, " ").replaceAll("|", "\\|");
  const short = line.length > 70 ? `${line.slice(0, 68)} …` : line;
  const fence = short.includes("`") ? "``" : "`";
  return `${fence}${short.startsWith("`") || short.endsWith("`") ? ` ${short} ` : short}${fence}`;
}
