import type { RequestRow, RunningRow } from "./data.ts";

/** What is known of a part. */
export enum PartState {
  None = 0,
  /** Its bytes arrive. */
  Arriving = 1,
  Stored = 2,
  /** Its last attempt failed. */
  Failed = 3,
}

/** COS's limit. */
export const MAX_PARTS = 10_000;

/** One part. */
export interface Part {
  state: PartState;
  /** Requests that were sent for it, as far as this page has seen them. */
  attempts: number;
  /** Whether a fault fired in one of them. */
  faulted: boolean;
  size: number;
  /** While it arrives: the share that has, 0 to 1. */
  share: number;
}

/** The parts of one upload, and which of them have changed since they were drawn. */
export class PartStates {
  readonly #parts = new Map<number, Part>();
  readonly #changed = new Set<number>();
  /** The highest number that was seen. */
  last = 0;

  /** How many are stored. Counted as they change: there are many, and it is asked with each event. */
  stored = 0;
  retries = 0;

  part(partNumber: number): Readonly<Part> | undefined {
    return this.#parts.get(partNumber);
  }

  /** What COS holds. */
  load(parts: readonly (readonly [partNumber: number, size: number, crc64: string])[]): void {
    for (const [partNumber, size] of parts) {
      this.#change(partNumber, { state: PartState.Stored, size, share: 1 });
    }
  }

  /** A request for a part has ended. */
  ended({ partNumber, operation, status, requestBytes, faults }: RequestRow): void {
    if (partNumber === undefined || !(operation === "UploadPart" || operation === "UploadPartCopy")) return;
    const stored = status === 200;
    const before = this.#parts.get(partNumber);
    // A part that is stored stays so when another attempt fails.
    const state = stored || before?.state === PartState.Stored ? PartState.Stored : PartState.Failed;
    this.#change(partNumber, {
      state,
      size: requestBytes ?? before?.size ?? 0,
      share: stored ? 1 : 0,
      attempts: (before?.attempts ?? 0) + 1,
      faulted: before?.faulted === true || faults.length > 0,
    });
  }

  /** The requests that are under way. Each is told again when it has ended. */
  running(rows: readonly RunningRow[]): void {
    for (const { partNumber, received, requestBytes, faults } of rows) {
      if (partNumber === undefined) continue;
      const share = requestBytes ? Math.min(received / requestBytes, 1) : 0;
      const faulted = this.#parts.get(partNumber)?.faulted === true || faults.length > 0;
      this.#change(partNumber, { state: PartState.Arriving, share, faulted });
    }
  }

  /** The numbers of the parts that have changed since the last call. */
  takeChanged(): number[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  #change(partNumber: number, change: Partial<Part>): void {
    if (partNumber < 1 || partNumber > MAX_PARTS) return;
    let part = this.#parts.get(partNumber);
    if (part === undefined) {
      part = { state: PartState.None, attempts: 0, faulted: false, size: 0, share: 0 };
      this.#parts.set(partNumber, part);
    }
    const [stored, retries] = [storedIn(part), retriesIn(part)];
    Object.assign(part, change);
    this.stored += storedIn(part) - stored;
    this.retries += retriesIn(part) - retries;
    this.last = Math.max(this.last, partNumber);
    this.#changed.add(partNumber);
  }
}

function storedIn({ state }: Part): number {
  return state === PartState.Stored ? 1 : 0;
}

function retriesIn({ attempts }: Part): number {
  return Math.max(attempts - 1, 0);
}
