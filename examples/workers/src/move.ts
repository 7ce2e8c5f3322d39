import { DurableObject } from "cloudflare:workers";
import { CosError, durableObjectCheckpoints } from "@cosup/workers";
import { cosOf, type Env, required } from "./env.ts";
import type { MoveObject, MoveStatus } from "./move-status.ts";

/** An alarm may run for 15 minutes. */
const TURN_MS = 10 * 60_000;
const LEASE_PAUSE_MS = 500;
const MAX_FAILURES = 20;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Moves one R2 object of any size to COS. Each alarm sends as many parts as its subrequests allow and sets the next
 * alarm. The checkpoint is in the storage of this object, so a killed isolate loses no acknowledged part.
 */
export class Move extends DurableObject<Env> implements MoveObject {
  #working = false;
  #sent = 0;

  /** Starts a move. If one is already running, returns its status instead. */
  async start(move: Pick<MoveStatus, "key" | "targetKey" | "size">): Promise<MoveStatus> {
    const current = await this.status();
    if (current?.state === "running") return current;
    const started: MoveStatus = { ...move, state: "running", sent: 0, turns: 0, failures: 0 };
    await this.#save(started, 0);
    return started;
  }

  async status(): Promise<MoveStatus | undefined> {
    const move = await this.ctx.storage.get<MoveStatus>("move");
    if (move?.state !== "running") return move;
    // The platform gives up an alarm that fails too often, so a request for the status sets a new one.
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
      // The previous isolate was killed a moment ago; its lease on the checkpoint expires soon.
      await this.#save(move, LEASE_PAUSE_MS);
      return;
    }
    const failures = this.#sent > move.sent ? 1 : move.failures + 1;
    const retry = error instanceof CosError && error.retryable && failures <= MAX_FAILURES;
    const after: MoveStatus = { ...move, sent: this.#sent, failures, error: message };
    if (retry) await this.#save(after, Math.min(LONGEST_PAUSE_MS, 500 * 2 ** failures));
    else await this.#save({ ...after, state: "failed" });
  }

  /** Saves the status and sets or deletes the alarm in one transaction. */
  async #save(move: MoveStatus, alarmInMs?: number): Promise<void> {
    await this.ctx.storage.transaction(async (storage) => {
      await storage.put("move", move);
      if (alarmInMs === undefined) await storage.deleteAlarm();
      else await storage.setAlarm(Date.now() + alarmInMs);
    });
  }
}
