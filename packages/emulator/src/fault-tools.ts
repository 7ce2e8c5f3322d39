import type { FaultControl, FaultRuns } from "./faults/fault-runs.ts";
import type { LinkOptions } from "./link/link-options.ts";
import type { SlowLink } from "./link/slow-link.ts";

/** What makes the requests of a test go wrong, or slowly. */
export interface FaultTools {
  /** Fault scripts and their receipts; needs the option `faults`. */
  readonly faults: FaultControl;
  /** The slow line to all clients, which may be changed at any time; undefined: there is none. */
  link: LinkOptions | undefined;
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
  };
}
