import type { FaultControl, FaultRuns } from "./faults/fault-runs.ts";
import type { LinkOptions } from "./link/link-options.ts";
import type { SlowLink } from "./link/slow-link.ts";
import { checkNames } from "./options/option-errors.ts";
import { checkRecording } from "./recording/check-recording.ts";
import { type Playback, playbackOf } from "./recording/playback.ts";
import type { Recording } from "./recording/recording.ts";
import type { Recordings, RunningRecording } from "./recording/recordings.ts";
import type { Replay } from "./replay/replay.ts";
import type { ReplayOptions } from "./replay/replay-options.ts";
import type { Settings } from "./types.ts";

/** What makes the requests of a test go wrong, or slowly. */
export interface FaultTools {
  /** Fault scripts and their receipts; needs the option `faults`. */
  readonly faults: FaultControl;
  /** The slow line to all clients, which may be changed at any time; undefined: there is none. */
  link: LinkOptions | undefined;
  /**
   * Installs the faults that a seed stands for: the same seed is always the same schedule. It is in place of the script of
   * its run, and needs no option.
   *
   * @throws {OptionTypeError} an option is missing, unknown or of another type
   * @throws {OptionRangeError} an option has a value that is not accepted
   * @example
   * const replay = emulator.replay(5);
   * await upload().catch((error) => console.log(error, replay.describe()));
   */
  replay(seed: number, options?: ReplayOptions): Replay;
  /** Records requests and responses from now on: faults, refusals and order, without secrets and without content. */
  record(): RunningRecording;
  /**
   * Lets the same requests go wrong again as in a recording: those of the same operation, key, part number and attempt. It
   * is in place of the script of its run, and needs no option.
   *
   * @throws {OptionTypeError} a field of the recording is missing or of another type
   * @throws {OptionRangeError} a field of the recording has a value that is not accepted
   * @throws {FaultScriptError} a fault of the recording is none
   */
  playBack(recording: Recording, options?: PlaybackOptions): Playback;
}

export interface PlaybackOptions {
  /** The run whose requests it applies to. Default `default`: all requests that name no run. */
  readonly run?: string;
}

interface Parts {
  readonly faults: FaultRuns;
  readonly slowLink: SlowLink;
  readonly recordings: Recordings;
  readonly settings: Settings;
}

export function faultToolsOf({ faults, slowLink, recordings, settings }: Parts): FaultTools {
  const record = (): RunningRecording => recordings.begin(settings.now(), slowLink.options);
  return {
    faults,
    get link() {
      return slowLink.options;
    },
    set link(link) {
      slowLink.options = link;
    },
    replay: (seed, options) => faults.replay(seed, options),
    record,
    playBack(recording, options = {}) {
      checkRecording(recording);
      checkNames("options", options, ["run"]);
      const { run, end } = faults.playBack(recording, options.run);
      return playbackOf(recording, run, record(), end);
    },
  };
}
