import { DurableObject } from "cloudflare:workers";
import { type Env, required, subrequestBudget } from "./env.ts";
import { reasonOf } from "./failures.ts";
import { sizesFor } from "./limits.ts";
import { listPage, messageOf, sendMessages, targetKeyOf, whyRefused } from "./listing.ts";
import type { Listed } from "./messages.ts";
import {
  type Before,
  type MoveLedger,
  type MoveRequest,
  type MoveStatus,
  type Outcome,
  textOf,
} from "./move-ledger.ts";
import { ObjectTable } from "./object-table.ts";
import { reportedUpload, type UnsureUpload } from "./unsure.ts";
import { UnsureTable } from "./unsure-table.ts";

interface MoveState extends MoveRequest {
  /** How often the move was started. */
  readonly round: number;
  readonly listing: boolean;
  /** The last key whose message was sent in this round. */
  readonly after: string;
  readonly failures: number;
  readonly listError?: string;
}

const LONGEST_PAUSE_MS = 60_000;

/**
 * The ledger of one move, and its producer: each alarm lists one page of R2, records the objects and sends their
 * messages. An alarm that is killed runs again from the last recorded key.
 */
export class Move extends DurableObject<Env> implements MoveLedger {
  readonly #objects = new ObjectTable(this.ctx.storage.sql);
  readonly #unsure = new UnsureTable(this.ctx.storage.sql);

  async start({ id, prefix, targetPrefix }: MoveRequest): Promise<MoveStatus> {
    const current = this.#move;
    if (current !== undefined && (current.prefix !== prefix || current.targetPrefix !== targetPrefix)) {
      return this.#statusOf(current);
    }
    if (current?.listing === true) return this.status() as Promise<MoveStatus>;
    const round = (current?.round ?? 0) + 1;
    const move: MoveState = { id, prefix, targetPrefix, round, listing: true, after: "", failures: 0 };
    this.#save(move);
    await this.ctx.storage.setAlarm(Date.now());
    return this.#statusOf(move);
  }

  async status(): Promise<MoveStatus | undefined> {
    const move = this.#move;
    if (move === undefined) return undefined;
    // The platform gives up an alarm that is killed too often.
    if (move.listing && (await this.ctx.storage.getAlarm()) === null) {
      await this.ctx.storage.setAlarm(Date.now() + 1000);
    }
    return this.#statusOf(move);
  }

  async begin(objects: readonly { key: string; etag: string }[]): Promise<Before[]> {
    return objects.map((object) => this.#objects.begin(object));
  }

  async settle(outcomes: readonly Outcome[]): Promise<void> {
    for (const outcome of outcomes) {
      this.#objects.settle(outcome);
      if (outcome.unsure !== undefined) this.#unsure.replace(outcome.key, outcome.unsure);
    }
  }

  async giveUp(key: string, etag: string, unsure: readonly UnsureUpload[] | undefined): Promise<void> {
    this.#objects.giveUp(key, etag);
    if (unsure !== undefined) this.#unsure.replace(key, unsure);
  }

  override async alarm(): Promise<void> {
    const move = this.#move;
    if (move?.listing !== true) return;
    try {
      const next = await this.#listPage(move);
      this.#save(next);
      if (next.listing) await this.ctx.storage.setAlarm(Date.now());
    } catch (error) {
      const failures = move.failures + 1;
      this.#save({ ...move, failures, listError: reasonOf(error) });
      await this.ctx.storage.setAlarm(Date.now() + Math.min(LONGEST_PAUSE_MS, 500 * 2 ** failures));
    }
  }

  async #listPage(move: MoveState): Promise<MoveState> {
    const { id, prefix, targetPrefix, round, after } = move;
    const { objects, more } = await listPage(required(this.env, "R2"), prefix, after);
    const toMove = this.#objects.register(objects, round).filter((object) => this.#isAccepted(move, object));
    const messages = toMove.map((object) => messageOf(move, object));
    const { sendBatches } = sizesFor(subrequestBudget(this.env));
    const sent = await sendMessages(required(this.env, "OBJECTS"), messages, sendBatches);
    const all = sent === messages.length;
    const last = all ? objects.at(-1)?.key : messages[sent - 1]?.key;
    return {
      id,
      prefix,
      targetPrefix,
      round,
      listing: more || !all,
      after: last ?? after,
      failures: 0,
    };
  }

  /** Whether COS can have the object. If not, it fails here, by name. */
  #isAccepted(move: MoveState, { key, size }: Listed): boolean {
    const error = whyRefused(targetKeyOf(move, key), size, subrequestBudget(this.env));
    if (error !== undefined) this.#objects.settle({ key, state: "failed", error });
    return error === undefined;
  }

  #statusOf({ id, prefix, targetPrefix, listing, listError }: MoveState): MoveStatus {
    const totals = this.#objects.totals();
    const open = totals.objects - totals.done - totals.failed;
    const settled = totals.failed > 0 ? "failed" : "done";
    const state = listing ? "listing" : open > 0 ? "moving" : settled;
    const bucket = this.env.COS_BUCKET ?? "";
    const unsureUploads = this.#unsure.named().map((upload) => reportedUpload(bucket, upload));
    const unsure = this.#unsure.count;
    const status = { id, prefix, targetPrefix, state, ...totals, unsure, unsureUploads } as const;
    return { ...status, text: textOf(status, listError) };
  }

  get #move(): MoveState | undefined {
    return this.ctx.storage.kv.get<MoveState>("move");
  }

  #save(move: MoveState): void {
    this.ctx.storage.kv.put("move", move);
  }
}
