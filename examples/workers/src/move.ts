import { DurableObject } from "cloudflare:workers";
import { CosError, durableObjectCheckpoints } from "@cosup/workers";
import { cosOf, type Env, required } from "./env.ts";

export interface MoveStatus {
  readonly key: string;
  readonly targetKey: string;
  readonly size: number;
  readonly state: "running" | "done" | "failed";
  /** Bytes that COS has acknowledged. */
  readonly sent: number;
  /** Invocations it has taken so far. */
  readonly turns: number;
  /** Failures since the last progress. */
  readonly failures: number;
  /** What went wrong last, while it is running again or has failed. */
  readonly error?: string | undefined;
  readonly etag?: string;
  readonly crc64?: string;
}

/** An alarm may run for 15 minutes. */
const TURN_MS = 10 * 60_000;
const LEASE_PAUSE_MS = 500;
const MAX_FAILURES = 20;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Moves one R2 object to COS, however large: each alarm sends as many parts as its subrequests allow and sets the
 * next. The checkpoint is in this object's storage, so it goes on wherever it was killed.
 */
export class Move extends DurableObject<Env> {
  #working = false;
  #sent = 0;

  /** Begins; when a move is under way already, its status is the answer. */
  async start(move: Pick<MoveStatus, "key" | "targetKey" | "size">): Promise<MoveStatus> {
    const standing = await this.status();
    if (standing?.state === "running") return standing;
    const begun: MoveStatus = { ...move, state: "running", sent: 0, turns: 0, failures: 0 };
    await this.#save(begun, 0);
    return begun;
  }

  async status(): Promise<MoveStatus | undefined> {
    const move = await this.ctx.storage.get<MoveStatus>("move");
    if (move?.state !== "running") return move;
    // Alarms that fail too often are given up by the platform: whoever asks sets the move going again.
    if (!this.#working && (await this.ctx.storage.getAlarm()) === null) await this.#save(move, 0);
    return { ...move, sent: Math.max(move.sent, this.#sent) };
  }

  override async alarm(): Promise<void> {
    const move = await this.ctx.storage.get<MoveStatus>("move");
    if (move?.state !== "running" || this.#working) return;
    this.#working = true;
    this.#sent = move.sent;
    try {
      const result = await this.#turn(move);
      const { ETag: etag, crc64, size } = result;
      await this.#save({
        ...move,
        state: "done",
        sent: size,
        turns: move.turns + 1,
        failures: 0,
        etag,
        crc64,
      });
    } catch (error) {
      await this.#afterFailure({ ...move, turns: move.turns + 1 }, error);
    } finally {
      this.#working = false;
    }
  }

  #turn({ key, targetKey }: MoveStatus): Promise<{ ETag: string; crc64: string; size: number }> {
    return cosOf(this.env).uploadFile({
      Bucket: required(this.env, "COS_BUCKET"),
      Key: targetKey,
      Body: { r2: required(this.env, "R2"), key },
      checkpoints: durableObjectCheckpoints(this.ctx.storage),
      signal: AbortSignal.timeout(TURN_MS),
      onProgress: (sent) => {
        this.#sent = sent;
      },
    });
  }

  async #afterFailure(move: MoveStatus, error: unknown): Promise<void> {
    const code = error instanceof CosError ? error.code : undefined;
    const outOfTime = error instanceof Error && error.name === "TimeoutError";
    const message = error instanceof Error ? error.message : String(error);
    if (code === "subrequests-exhausted" || outOfTime) {
      await this.#save({ ...move, sent: this.#sent, failures: 0 }, 0);
      return;
    }
    if (code === "checkpoint-locked") {
      // The isolate before this one was killed a moment ago; its lease ends by itself.
      await this.#save(move, LEASE_PAUSE_MS);
      return;
    }
    const failures = this.#sent > move.sent ? 1 : move.failures + 1;
    const again = error instanceof CosError && error.retryable && failures <= MAX_FAILURES;
    const after: MoveStatus = { ...move, sent: this.#sent, failures, error: message };
    if (again) await this.#save(after, Math.min(LONGEST_PAUSE_MS, 500 * 2 ** failures));
    else await this.#save({ ...after, state: "failed" });
  }

  /** The status and the alarm change together. */
  async #save(move: MoveStatus, alarmInMs?: number): Promise<void> {
    await this.ctx.storage.transaction(async (storage) => {
      await storage.put("move", move);
      if (alarmInMs === undefined) await storage.deleteAlarm();
      else await storage.setAlarm(Date.now() + alarmInMs);
    });
  }
}
