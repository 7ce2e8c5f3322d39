// The picture of a part's way through core: one file for each step, which must be there.
import { existsSync } from "node:fs";
import { arrow, box, picture } from "./svg.mjs";

const CORE = "packages/core/src/";
const COLUMNS = 4;
const BOX = { width: 200, height: 92 };
const GAP = 20;

/** @type {readonly { title: string, text: string, file: string }[]} */
const STEPS = [
  { title: "1 Plan", text: "equal parts, 10 000 at most", file: "upload/plan.ts" },
  { title: "2 Read", text: "into a buffer in WASM memory", file: "upload/part-reader.ts" },
  { title: "3 Digest", text: "CRC64 in place, MD5 if asked", file: "digest/digest-core.ts" },
  { title: "4 Sign", text: "per attempt, after the queue", file: "auth/sign.ts" },
  { title: "5 Send", text: "a view of the same memory", file: "http/retry.ts" },
  { title: "6 Verify the part", text: "COS's CRC64 against ours", file: "upload/verify.ts" },
  { title: "7 Record", text: "checkpoint, then progress", file: "upload/checkpoint-session.ts" },
  { title: "8 Complete", text: "CRC64 of all parts = the object's", file: "upload/complete.ts" },
];

/** @param {string} root of the repository, with a slash */
export function drawWay(root) {
  for (const { file } of STEPS) {
    if (!existsSync(`${root}${CORE}${file}`))
      throw new Error(`the way of a byte names ${file}, which is not there`);
  }
  const content = STEPS.flatMap(({ title, text, file }, index) => {
    const place = placeOf(index);
    const lines = [
      { kind: "small", text },
      { kind: "file", text: file },
    ];
    return [box(place, title.startsWith("3") ? "wasm" : "box", title, lines), ...arrowTo(index)];
  });
  const width = GAP + COLUMNS * (BOX.width + GAP);
  const height = GAP + Math.ceil(STEPS.length / COLUMNS) * (BOX.height + 2 * GAP);
  return picture(width, height, "The way of a byte, with one file for each step", content);
}

/** @param {number} index */
function placeOf(index) {
  const column = index % COLUMNS;
  const row = Math.floor(index / COLUMNS);
  return { ...BOX, x: GAP + column * (BOX.width + GAP), y: GAP + row * (BOX.height + 2 * GAP) };
}

/** The arrow that leads to a step, from the one before. @param {number} index */
function arrowTo(index) {
  if (index === 0) return [];
  const from = placeOf(index - 1);
  const to = placeOf(index);
  if (from.y === to.y) return [arrow([from.x + BOX.width, from.y + 46], [to.x, to.y + 46])];
  const middle = from.y + BOX.height + GAP;
  const x1 = from.x + BOX.width / 2;
  const x2 = to.x + BOX.width / 2;
  return [`<path class="arrow" d="M${x1} ${from.y + BOX.height}V${middle}H${x2}V${to.y}"/>`];
}
