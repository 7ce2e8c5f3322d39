import type { Api } from "./api.ts";
import type { BucketsData, LiveEvent } from "./data.ts";
import type { Transfers } from "./transfers.ts";

/** What a view shows, and what it does with events. */
export interface View {
  readonly element: HTMLElement;
  readonly title: string;
  onEvent?(event: LiveEvent): void;
  /** Where a file that is dropped goes. */
  readonly target?: { readonly bucket: string; readonly prefix: string };
}

/** What all views share. */
export interface App {
  readonly api: Api;
  readonly transfers: Transfers;
  /** Buckets and settings of the emulator, as they were last. */
  info: BucketsData;
  /** The latest requests, the newest last. */
  readonly requests: LiveEvent["requests"][number][];
  /** What was told last: a view begins with what is under way. */
  latest: LiveEvent | undefined;
  /** Shows the view of the address again. */
  refresh(): void;
  /** Runs a task of the user, and shows its failure. */
  run(task: () => Promise<void>): Promise<void>;
}
