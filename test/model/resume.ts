import { SOURCE } from "./cos.ts";
import { asHeadShows, crc64Of, type Decisions, HEADERS } from "./decisions.ts";
import { nextPart } from "./next-part.ts";
import {
  type Checkpoint,
  end,
  go,
  newWriter,
  type Outcome,
  type Step,
  type Task,
  type Writer,
} from "./writer.ts";

/** The first step of a new call, given the checkpoint of an earlier one. Mirrors core's `findResumable`. */
export function begin(
  task: Task,
  decisions: Decisions,
  call: string,
  saved: Checkpoint | null,
  unfinished: readonly string[],
): Writer {
  const headers = call === "1" ? task.headers : task.laterHeaders;
  if (task.kind === "put") return newWriter(call, headers, "put");
  if (task.kind === "append") return newWriter(call, headers, "append");
  const fresh = newWriter(call, headers, "initiate");
  const adopted = decisions.adoptsAnyUpload ? unfinished.at(-1) : undefined;
  if (saved === null) return adopted === undefined ? fresh : go(fresh, "resume-list", { id: adopted });
  const misfit = decisions.whyIncompatible(saved.headers, headers);
  return go(fresh, misfit === undefined ? "resume-list" : "discard", { id: saved.id });
}

/** What a call does with the upload that its checkpoint names. */
export function resumed(
  task: Task,
  decisions: Decisions,
  writer: Writer,
  outcome: Outcome,
  saved: Checkpoint | null,
): Step {
  const failure = "failure" in outcome ? outcome.failure : undefined;
  if (writer.at === "discard") {
    const left = failure !== undefined && failure !== "NoSuchUpload";
    return [go(writer, "initiate"), left ? { warnOf: writer.id } : {}];
  }
  if (writer.at === "resume-list") {
    if (failure === "NoSuchUpload") return [go(writer, "resume-head")];
    if (failure !== undefined && failure !== "AccessDenied") return [end(writer, failure)];
    const stored = "failure" in outcome ? "--" : (outcome.reply.parts ?? "--");
    const mine = [...writer.mine, writer.id];
    return [nextPart(decisions, { ...writer, stored, mine, kept: saved !== null })];
  }
  if (failure === "AccessDenied") return [go(writer, "initiate")];
  if (failure !== undefined || !("reply" in outcome)) return [end(writer, failure ?? "outcome-unknown")];
  const shown = asHeadShows(outcome.reply.object ?? null);
  const wanted = { size: SOURCE.length, crc64: crc64Of(SOURCE), headers: HEADERS[writer.headers] };
  const sameParts = shown?.etag.endsWith(`-${SOURCE.length}`) === true;
  const found = sameParts ? decisions.compareFound(shown, wanted) : "other";
  const decision = decisions.afterCheckpointGone(found, task.forbid);
  if (decision === "begin-again") return [go(writer, "initiate")];
  return decision === "completed"
    ? [end({ ...writer, mine: [...writer.mine, writer.id] }, "found"), { checkpoint: null }]
    : [end(writer, "outcome-unknown")];
}
