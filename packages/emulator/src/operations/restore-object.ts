import { CosErrorResponse } from "../errors.ts";
import { invalidObjectState } from "../request/archive.ts";
import { receiveDocument } from "../request/receive.ts";
import type { ObjectRecord } from "../store/records.ts";
import { archiveState, extendedRestore, isArchived, newRestore } from "../store/restore.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { type Content, child, wordOf } from "../xml/parse.ts";
import { amendObject, requireObject } from "./object-access.ts";
import { empty } from "./respond.ts";

const MAX_DAYS = 365;

/** POST /{key}?restore: makes an archived object readable for some days. 202; 200 for one that is restored already. */
export async function restoreObject(call: Call): Promise<EmulatorResponse> {
  requireObject(call);
  const { days, tier } = readRequest(await receiveDocument(call, "RestoreRequest"));
  let status = 202;
  await amendObject(call, (present) => {
    const now = call.now;
    const state = checkState(present, now);
    if (state === "readable" && present.restore) {
      status = 200;
      return { ...present, restore: extendedRestore(present.restore, days, now) };
    }
    const restore = newRestore(present, tier, days, now);
    if (!restore) {
      throw new CosErrorResponse("InvalidArgument", `The storage class has no tier ${JSON.stringify(tier)}.`);
    }
    return { ...present, restore };
  });
  return empty(status);
}

function checkState(record: ObjectRecord, now: number): ReturnType<typeof archiveState> {
  if (!isArchived(record)) throw invalidObjectState();
  const state = archiveState(record, now);
  if (state === "ongoing") {
    throw new CosErrorResponse("RestoreAlreadyInProgress", "Object restore is already in progress.");
  }
  return state;
}

function readRequest(root: Content): { readonly days: number; readonly tier: string } {
  const days = Number(wordOf(root, "Days"));
  if (!Number.isInteger(days) || days < 1 || days > MAX_DAYS) {
    throw new CosErrorResponse("InvalidArgument", `The Days must be an integer between 1 and ${MAX_DAYS}.`);
  }
  // S3 has another name for the same element.
  const job = child(root, "CASJobParameters") ?? child(root, "GlacierJobParameters");
  return { days, tier: wordOf(job, "Tier") ?? "Standard" };
}
