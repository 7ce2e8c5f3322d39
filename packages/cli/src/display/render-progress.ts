import { formatBytes, formatSeconds, percentOf } from "./format.ts";
import type { ActiveFile, ProgressView, Screen, WaitingRequest } from "./progress-view.ts";
import { visible } from "./visible.ts";
import { fit, fitPath, widthOf } from "./width.ts";

const MOST_FILES = 5;
const MOST_WAITING = 3;
const WIDEST_BAR = 40;
const NARROWEST_BAR = 8;
const GAP = "  ";

/**
 * The lines of a progress display: how much is done, how fast it goes, the files under way, and what waits for another
 * attempt. Each line is narrower than the terminal, so that none is wrapped; what matters least is left out first.
 */
export function renderProgress(view: ProgressView, screen: Screen): string[] {
  const columns = Math.max(1, screen.columns - 1);
  const files = view.active.slice(0, MOST_FILES).map((file) => fileLine(file, columns));
  const hidden = view.active.length - files.length;
  const more = hidden > 0 ? [fit(`${GAP}and ${hidden} more`, columns)] : [];
  const waiting = view.waiting.slice(0, MOST_WAITING).map((one) => fit(waitingLine(one), columns));
  const lines = [
    amountLine(view, columns, screen),
    speedLine(view, columns),
    ...waiting.map((line) => colored(line, YELLOW, screen)),
    ...[...files, ...more].map((line) => colored(line, DIM, screen)),
  ];
  return lines.filter((line) => line !== "").slice(0, Math.max(1, screen.rows - 1));
}

/** A bar, the percentage and the bytes. */
function amountLine(view: ProgressView, columns: number, screen: Screen): string {
  const { acknowledged, inFlight, total } = view;
  const sent = acknowledged + inFlight;
  if (total === undefined) return joinWhatFits([[`${formatBytes(sent)} so far`, 0]], columns);
  const percent = `${String(percentOf(acknowledged, total, acknowledged)).padStart(3)}%`;
  const text = joinWhatFits(
    [
      [percent, 0],
      [`${formatBytes(acknowledged)} of ${formatBytes(total)}`, 1],
    ],
    columns,
  );
  // The bar matters more: it shows what is in flight, too.
  const moving = inFlight > 0 ? `${GAP}${formatBytes(inFlight)} in flight` : "";
  const withMoving = columns - widthOf(text + moving) - GAP.length >= NARROWEST_BAR ? text + moving : text;
  const room = Math.min(WIDEST_BAR, columns - widthOf(withMoving) - GAP.length);
  return room < NARROWEST_BAR ? text : `${bar(view, total, room, screen)}${GAP}${withMoving}`;
}

/** Acknowledged, in flight, and what is left. */
function bar({ acknowledged, inFlight }: ProgressView, total: number, width: number, screen: Screen): string {
  const [done, moving, rest] = screen.unicode ? ["█", "▒", "░"] : ["#", "=", "-"];
  const cells = (bytes: number): number => Math.min(width, Math.floor((bytes / Math.max(total, 1)) * width));
  const full = cells(acknowledged);
  const half = cells(acknowledged + inFlight) - full;
  const filled = colored(`${done?.repeat(full)}${moving?.repeat(half)}`, GREEN, screen);
  return `${filled}${rest?.repeat(width - full - half)}`;
}

/** Rate, remaining time and finished files. */
function speedLine(view: ProgressView, columns: number): string {
  const { bytesPerSecond: rate, total, acknowledged, done, failed } = view;
  const left = total === undefined ? undefined : total - acknowledged;
  const known = rate !== undefined && rate > 0 && left !== undefined;
  return joinWhatFits(
    [
      [rate === undefined ? "" : `${formatBytes(Math.round(rate))}/s`, 0],
      [known ? `ETA ${formatSeconds(Math.ceil(left / rate))}` : "", 1],
      [done > 0 ? `${done} done` : "", 2],
      [failed > 0 ? `${failed} failed` : "", 1],
    ],
    columns,
  );
}

function fileLine({ name, sent, size }: ActiveFile, columns: number): string {
  const percent =
    size === undefined || size === 0 ? "" : `${Math.min(100, Math.floor((sent / size) * 100))}%`;
  const amount = `${percent.padStart(4)}${GAP}${(size === undefined ? "" : formatBytes(size)).padStart(10)}${GAP}`;
  // On a narrow terminal, the name says more than the numbers.
  const prefix = columns >= 40 ? `${GAP}${amount}` : GAP;
  return fit(`${prefix}${fitPath(visible(name), columns - prefix.length)}`, columns);
}

function waitingLine({ operation, key, attempt, reason, inMs }: WaitingRequest): string {
  return `${GAP}again in ${formatSeconds(Math.ceil(inMs / 1000))}: ${reason}, attempt ${attempt}, ${operation} of ${visible(key)}`;
}

/** Joins fields while they fit; those with the highest number are left out first. */
function joinWhatFits(fields: readonly (readonly [string, number])[], columns: number): string {
  let kept = fields.filter(([text]) => text !== "");
  const joined = (): string => kept.map(([text]) => text).join(GAP);
  while (kept.length > 1 && widthOf(joined()) > columns) {
    const least = Math.max(...kept.map(([, rank]) => rank));
    const last = kept.findLastIndex(([, rank]) => rank === least);
    kept = kept.filter((_, index) => index !== last);
  }
  return fit(joined(), columns);
}

const GREEN = 32;
const YELLOW = 33;
const DIM = 2;

function colored(text: string, code: number, { color }: Screen): string {
  return color && text !== "" ? `\u001b[${code}m${text}\u001b[0m` : text;
}
