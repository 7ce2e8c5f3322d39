import { readFile, writeFile } from "node:fs/promises";
import {
  describeReplay,
  type Playback,
  type Recording,
  type Replay,
  type RunningEmulator,
} from "@cosup/emulator";
import { ArgumentTypeError } from "@cosup/node";

/** The flags that make requests go wrong, and record them. */
export interface FaultFlags {
  readonly faults?: string;
  readonly replay?: number;
  readonly replayFaults?: readonly number[];
  readonly record?: string;
  readonly playBack?: string;
}

/** What the flags ask for, read and checked before the emulator starts. */
export interface RequestedFaults {
  readonly flags: FaultFlags;
  /** What `--play-back` names. */
  readonly recording: Recording | undefined;
}

/** @throws {TypeError} flags exclude each other, or a file cannot be read or written */
export async function requestedFaults(flags: FaultFlags): Promise<RequestedFaults> {
  const { faults, replay, replayFaults, record, playBack } = flags;
  const given = Object.entries({ "--faults": faults, "--replay": replay, "--play-back": playBack }).filter(
    ([, value]) => value !== undefined,
  );
  const [[first] = [""], [second] = [undefined]] = given;
  if (second !== undefined) throw new ArgumentTypeError(second, `excludes ${first}: give one or the other`);
  if (replayFaults !== undefined && replay === undefined) {
    throw new ArgumentTypeError("--replay-faults", "needs --replay: the seed that the faults are of");
  }
  const recording = playBack === undefined ? undefined : await readRecording(playBack);
  // A file that cannot be written is known now, and not when the recording is there.
  if (record !== undefined) await save("--record", record, { version: 1, exchanges: [] });
  return { flags, recording };
}

/**
 * Installs what the flags ask for. Returns what to do at the end: it writes the recording, and returns lines that say what
 * has happened.
 */
export function installFaults(
  running: RunningEmulator,
  { flags: { replay: seed, replayFaults, record }, recording }: RequestedFaults,
): () => Promise<readonly string[]> {
  const faults = replayFaults === undefined ? {} : { faults: replayFaults };
  const replay = seed === undefined ? undefined : running.replay(seed, faults);
  const playback = recording === undefined ? undefined : running.playBack(recording);
  const recorded = record === undefined ? undefined : running.record();
  return async () => {
    if (record !== undefined && recorded !== undefined) await save("--record", record, recorded.stop());
    return [
      ...(replay === undefined ? [] : replayLines(replay)),
      ...(playback === undefined ? [] : playbackLines(playback)),
    ];
  };
}

function replayLines(replay: Replay): string[] {
  const report = replay.report();
  const ids = report.faults.map(({ id }) => id).join(",");
  const again = ids === "" ? [] : [`  again: --replay ${report.seed} --replay-faults ${ids}`];
  return [...describeReplay(report).split("\n"), ...again];
}

function playbackLines(playback: Playback): string[] {
  const { played, missed, unknown, different } = playback.stop();
  return [
    `played back: ${played.length} went wrong again, ${missed.length} have not come, ` +
      `${unknown.length} requests are not in the recording, ${different.length} are different`,
  ];
}

async function readRecording(path: string): Promise<Recording> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    throw new ArgumentTypeError("--play-back", `${path}: ${error instanceof Error ? error.message : error}`);
  }
}

async function save(flag: string, path: string, recording: Recording): Promise<void> {
  try {
    await writeFile(path, `${JSON.stringify(recording, undefined, 2)}\n`);
  } catch (error) {
    throw new ArgumentTypeError(flag, `${path}: ${error instanceof Error ? error.message : error}`);
  }
}
