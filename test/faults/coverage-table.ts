import { MOMENTS } from "../../packages/emulator/src/faults/instruction.ts";
import type { Combination } from "./combinations.ts";
import { FLOWS, type FlowName } from "./flows.ts";

export interface Played {
  readonly combination: Combination;
  readonly verdict: string;
}

const HEADINGS: Readonly<Record<FlowName, string>> = {
  put: "an upload in one request",
  parts: "an upload in three parts",
  lost: "after a Complete that has happened, whose response is lost",
  open: "after a Complete that has not happened, whose response is lost",
  failing: "when an upload is given up",
  resume: "when an upload goes on from its checkpoint",
  copy: "a copy",
};

const INTRODUCTION = `# Fault coverage

Every fault of [faults.md](faults.md) at every moment of every operation that an upload uses, where the combination
makes sense, over real sockets. \`test/faults/client.test.ts\` plays them all and writes this page. Every fault has fired,
or the test would have failed.

Cells name the outcome of the call: \`stored\`, with the right CRC64 and the source at the key, or the \`code\` of the
error, with the previous object at the key and no unreported upload left behind. An error whose fault fired
after the commit may leave the new object at the key: it says that the outcome is not verified. \`cleared\` and
\`orphan reported\` are about the parts of an upload that fails anyway. Every stall (\`silence\`, \`stop-reading\`,
\`slow-read 1\`, a long \`delay\`) ends within a second of its deadline. A dash: the fault cannot fire there.
`;

const COLUMNS = [
  "before accept",
  "before headers",
  "N bytes of request",
  "body, before commit",
  "commit, before response",
  "N bytes of response",
];

/** The page of all outcomes, in the order of the combinations. */
export function coverageTable(played: readonly Played[]): string {
  const sections = Object.entries(FLOWS).flatMap(([flow, { ops }]) =>
    ops.map((op) => {
      const own = played.filter(({ combination }) => combination.flow === flow && combination.op === op);
      return section(`${op}: ${HEADINGS[flow as FlowName]}`, own);
    }),
  );
  return [INTRODUCTION, `${played.length} combinations.\n`, ...sections].join("\n");
}

function section(heading: string, played: readonly Played[]): string {
  const labels = [...new Set(played.map(({ combination }) => combination.label))];
  const rows = labels.map((label) => {
    const cells = MOMENTS.map((moment) => {
      const found = played.find(
        ({ combination }) => combination.label === label && combination.moment === moment,
      );
      return found?.verdict ?? "–";
    });
    return [label, ...cells];
  });
  return `## ${heading}\n\n${aligned([["fault", ...COLUMNS], ...rows])}\n`;
}

/** Columns as wide as their widest cell, as the formatter of the repository has them. */
function aligned([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[], fill: string): string =>
    `| ${widths.map((width, column) => (cells[column] ?? "").padEnd(width, fill)).join(" | ")} |`;
  return [line(head, " "), line([], "-"), ...rows.map((row) => line(row, " "))].join("\n");
}
