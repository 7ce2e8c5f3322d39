import type { RetryEvent } from "@cosup/node";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LiveDisplay } from "../src/display/live.ts";
import { canDraw, colorsOf, hasUnicode } from "../src/display/terminal.ts";
import { RetryBoard } from "../src/watch/retry-board.ts";
import { VirtualTerminal } from "./virtual-terminal.ts";

const MiB = 1024 ** 2;
const EVENT: RetryEvent = {
  operation: "putObject",
  method: "PUT",
  Bucket: "b-1250000000",
  Key: "a.bin",
  attempt: 1,
  startedAt: 0,
  status: 503,
  durationMs: 5,
  requestId: "id",
  errorCode: "throttled",
  delayMs: 2500,
};

let terminal: VirtualTerminal;
let now = 0;
let board: RetryBoard;
let display: LiveDisplay;
beforeEach(() => {
  vi.stubEnv("NO_COLOR", "1");
  vi.stubEnv("LC_ALL", "C.UTF-8");
  terminal = new VirtualTerminal(80);
  now = 0;
  board = new RetryBoard(() => now);
  display = new LiveDisplay(
    { bucket: "b", progress: true },
    { stream: terminal, retries: board, now: () => now },
  );
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    terminal.write(String(text));
    return true;
  });
});
afterEach(() => {
  display.end();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** Moves the time, and draws. */
function at(ms: number, acknowledged: number, resumed = 0): void {
  now = ms;
  display.progress({ acknowledged, resumed, inFlight: MiB, bytesPerSecond: undefined }, 20 * MiB);
  display.draw();
}

it("shows the rate of the last seconds, without what an earlier call had sent", () => {
  at(0, 10 * MiB, 10 * MiB);
  at(2000, 14 * MiB, 10 * MiB);
  expect(terminal.text).toContain(" 70%  14.0 MiB of 20.0 MiB  1.0 MiB in flight\n2.0 MiB/s  ETA 3s");
});

it("a line that stands still has the rate 0 and no ETA", () => {
  at(0, 0);
  at(2000, 10 * MiB);
  for (let ms = 2500; ms <= 9000; ms += 500) {
    now = ms;
    display.draw();
  }
  expect(terminal.text).toMatch(/\n0 B\/s$/);
});

it("what is printed goes above the lines, and nothing is left of them at the end", () => {
  at(1000, MiB);
  display.warning({ code: "x", message: "first" });
  at(2000, 2 * MiB);
  const error = new Error("no");
  const parts = { partsSent: 0, partsResumed: 0, size: 1 };
  display.outcome({ source: "b.bin", key: "b.bin", status: "failed", error, ...parts });
  at(3000, 3 * MiB);
  expect(terminal.text).toMatch(
    /^warning: first\ncosup: b\.bin: no\n[█▒░]+ {3}15% .*\n1\.0 MiB\/s {2}ETA 17s {2}1 failed$/,
  );
  display.end();
  expect(terminal.text).toBe("warning: first\ncosup: b.bin: no");
});

it("a retry is shown with its reason and a countdown, until it is sent", () => {
  at(0, 0);
  board.add(EVENT);
  at(100, 0);
  expect(terminal.text).toContain("again in 3s: throttled, attempt 2, putObject of a.bin");
  at(1600, 0);
  expect(terminal.text).toContain("again in 1s: throttled");
  at(2500, 0);
  expect(terminal.text).not.toContain("again in");
});

it("lines that a narrower terminal has wrapped are erased whole", () => {
  const files = [{ name: "a".repeat(60), size: MiB, acknowledged: 0, inFlight: 0 }];
  display.progress({ acknowledged: 0, resumed: 0, inFlight: 0, bytesPerSecond: undefined, files }, MiB);
  display.draw();
  const writes: string[] = [];
  vi.spyOn(terminal, "write").mockImplementation((text) => void writes.push(text));
  terminal.columns = 40;
  display.end();
  // Two lines of 79 columns or less are three or four rows of 40.
  expect(writes.join("")).toBe("\r\u001b[4A\u001b[J");
});

it("draws on a terminal alone that can move its cursor and is no log", () => {
  const xterm = { TERM: "xterm-256color" };
  expect(canDraw(true, xterm)).toBe(true);
  expect(canDraw(true, { ...xterm, CI: "" })).toBe(true);
  expect(canDraw(true, { ...xterm, CI: "false" })).toBe(true);
  expect(canDraw(false, xterm)).toBe(false);
  expect(canDraw(true, { ...xterm, CI: "true" })).toBe(false);
  expect(canDraw(true, { TERM: "dumb" })).toBe(false);
  expect(canDraw(true, {})).toBe(process.platform === "win32");
});

it("NO_COLOR and the locale decide about colours and characters", () => {
  expect([colorsOf({}), colorsOf({ NO_COLOR: "" }), colorsOf({ NO_COLOR: "1" })]).toEqual([
    true,
    true,
    false,
  ]);
  expect(hasUnicode({ LANG: "zh_CN.utf8" })).toBe(true);
  expect(hasUnicode({ LANG: "zh_CN.UTF-8", LC_ALL: "C" })).toBe(process.platform === "win32");
});
