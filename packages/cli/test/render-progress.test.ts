import stringWidth from "string-width";
import { describe, expect, it } from "vitest";
import type { ProgressView, Screen } from "../src/display/progress-view.ts";
import { renderProgress } from "../src/display/render-progress.ts";

const MiB = 1024 ** 2;

/** In the middle of a folder: Chinese names, an emoji, a name with escape characters, and requests that wait. */
const VIEW: ProgressView = {
  acknowledged: 412 * MiB,
  inFlight: 25 * MiB,
  total: 1000 * MiB,
  bytesPerSecond: 12.4 * MiB,
  done: 1234,
  failed: 2,
  active: [
    { name: "photos/2026/夏天的照片/杭州西湖的日落和断桥残雪.jpg", sent: 3 * MiB, size: 8 * MiB },
    { name: "emoji/👩‍👩‍👧‍👦 family 📦.zip", sent: 0, size: 120 * MiB },
    { name: "a\u001b[31m\nred\u202e.txt", sent: 9000, size: 9000 },
    {
      name: "very/long/path/that/never/ends/and/goes/on/through/many/folders/until/its/name.bin",
      sent: 1,
      size: 2,
    },
    { name: "unknown-size.bin", sent: 5, size: undefined },
    { name: "sixth.bin", sent: 0, size: 1 },
    { name: "seventh.bin", sent: 0, size: 1 },
  ],
  waiting: [
    { operation: "uploadPart", key: "site/夏天.jpg", attempt: 3, reason: "timeout", inMs: 4200 },
    { operation: "putObject", key: "site/index.html", attempt: 2, reason: "throttled", inMs: 61_000 },
  ],
};
const screen = (columns: number, more: Partial<Screen> = {}): Screen => ({
  columns,
  rows: 24,
  color: false,
  unicode: true,
  ...more,
});

describe("renderProgress()", () => {
  it.each([10, 40, 80, 200])("at %i columns", async (columns) => {
    const lines = renderProgress(VIEW, screen(columns));
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(`screens/folder-${columns}.txt`);
  });

  it.each(Array.from({ length: 100 }, (_, n) => n + 1))(
    "no line reaches the edge of %i columns",
    (columns) => {
      for (const line of renderProgress(VIEW, screen(columns)))
        expect(stringWidth(line), line).toBeLessThan(Math.max(2, columns));
    },
  );

  it("the beginning, while the folder is still being measured", async () => {
    const view = {
      ...VIEW,
      total: undefined,
      acknowledged: 0,
      bytesPerSecond: undefined,
      done: 0,
      failed: 0,
    };
    const lines = renderProgress({ ...view, waiting: [] }, screen(80));
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("screens/beginning-80.txt");
  });

  it("a terminal of few rows keeps the first lines", () => {
    expect(renderProgress(VIEW, screen(80, { rows: 4 }))).toEqual(
      renderProgress(VIEW, screen(80)).slice(0, 3),
    );
    expect(renderProgress(VIEW, screen(80, { rows: 1 }))).toHaveLength(1);
  });

  it("has no colours with NO_COLOR, and colours otherwise", () => {
    expect(renderProgress(VIEW, screen(80)).join("")).not.toContain("\u001b");
    expect(renderProgress(VIEW, screen(80, { color: true })).join("")).toContain("\u001b[32m█");
  });

  it("is ASCII where the terminal has no more", () => {
    const view = { ...VIEW, active: [], waiting: [] };
    expect(renderProgress(view, screen(80, { unicode: false })).join("")).toMatch(/^[\x20-\x7e]+$/);
  });

  it("ends at 100% only when everything is acknowledged, and an empty file is done", () => {
    const [almost] = renderProgress({ ...VIEW, acknowledged: 999 * MiB, inFlight: MiB }, screen(80));
    expect(almost).toContain(" 99%");
    expect(renderProgress({ ...VIEW, acknowledged: 0, inFlight: 0, total: 0 }, screen(80))[0]).toContain(
      "100%",
    );
  });
});
