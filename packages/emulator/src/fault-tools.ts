import type { FaultControl, FaultRuns } from "./faults/fault-runs.ts";
import type { LinkOptions } from "./link/link-options.ts";
import type { SlowLink } from "./link/slow-link.ts";
import type { Replay } from "./replay/replay.ts";
import type { ReplayOptions } from "./replay/replay-options.ts";

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
}

interface Parts {
  readonly faults: FaultRuns;
  readonly slowLink: SlowLink;
}

export function faultToolsOf({ faults, slowLink }: Parts): FaultTools {
  return {
    faults,
    get link() {
      return slowLink.options;
    },
    set link(link) {
      slowLink.options = link;
    },
    replay: (seed, options) => faults.replay(seed, options),
  };
}
