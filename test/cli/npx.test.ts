import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { heldRequests, partsBehind } from "./held-requests.ts";
import {
  BUCKET,
  crc64OfFile,
  jsonLines,
  MiB,
  openRig,
  type Rig,
  SECRET_ID,
  SECRET_KEY,
  startNpx,
  summaryOf,
} from "./rig.ts";

/** For a busy machine. */
const PATIENCE = { timeout: 50_000 };

const parts = heldRequests();
let rig: Rig;
beforeAll(async () => {
  rig = await openRig([parts.middleware]);
  await rig.file("big.bin", 40 * MiB + 1);
});
afterEach(() => parts.release());
afterAll(() => rig.close());

const isListening = (port: string): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  );

/** npx runs a shell that runs cosup, and neither passes a signal on. Told apart by procfs, so on Linux. */
describe.runIf(existsSync("/proc/self/stat"))("killing npx alone", () => {
  it.each(["SIGTERM", "SIGKILL"] as const)("by %s ends the emulator", async (signal) => {
    const data = join(rig.folder, signal);
    const words = ["--port", "0", "--data", data, "--secret-id", SECRET_ID, "--secret-key", SECRET_KEY];
    const running = startNpx(["emulator", ...words], { env: {} });
    const [, port = ""] = await running.line(/listening on http:\/\/127\.0\.0\.1:(\d+)/);
    running.child.kill(signal);
    await expect.poll(() => isListening(port), PATIENCE).toBe(false);
    await running.ended;
  });

  it("by SIGKILL ends an upload, and the same command resumes it", async () => {
    const words = ["cp", join(rig.folder, "big.bin"), `cos://${BUCKET}/npx`, "--json"];
    parts.hold(partsBehind(10));
    const running = startNpx(words, { env: rig.env });
    await running.line(/"type":"progress","consumed":\d{7,}/);
    running.child.kill("SIGKILL");
    // Not of npx alone: cosup has its output, too.
    await running.ended;
    parts.release();
    const again = await startNpx(words, { env: rig.env }).ended;
    expect(again).toMatchObject({ code: 0, stderr: "" });
    const { partsSent, partsResumed } = summaryOf(again);
    expect(Number(partsResumed)).toBeGreaterThan(0);
    expect(Number(partsSent) + Number(partsResumed)).toBe(41);
    const stat = await rig.run(["stat", `cos://${BUCKET}/npx`, "--json"]);
    expect(jsonLines(stat)[0]).toMatchObject({ crc64: await crc64OfFile(join(rig.folder, "big.bin")) });
  });
});
