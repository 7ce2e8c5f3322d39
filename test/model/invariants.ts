import { outcomeOf } from "../../packages/core/src/http/outcome.ts";
import { type Request, SOURCE } from "./cos.ts";
import { FAILURES, type FailureName } from "./network.ts";
import { isSuccess, type State, type Transition } from "./state.ts";
import type { Task, Writer } from "./writer.ts";

/** Checks what must hold at every step. Returns the violation as text. */
export function violation(task: Task, before: State, { state, sent }: Transition): string | undefined {
  if (sent !== undefined && before.writer !== null) {
    const touched = foreignUpload(before, sent) ?? lostUpload(task, before, before.writer, sent);
    if (touched !== undefined) return touched;
  }
  const { writer } = state;
  if (writer?.at === "initiate" && before.writer?.at !== "initiate") {
    const lost = abandoned(task, state, writer);
    if (lost !== undefined) return lost;
  }
  if (writer?.at !== "end") return undefined;
  if (before.writer?.at === "end") return lateViolation(task, state, writer) ?? unreported(state);
  if (isSuccess(writer)) return falseSuccess(task, state, writer) ?? unreported(state);
  return falseRefusal(task, state, writer) ?? lateViolation(task, state, writer) ?? unreported(state);
}

/** Success: this call published the object, or the object at the key carries everything that was asked for. */
function falseSuccess(task: Task, { cos }: State, writer: Writer): string | undefined {
  if (task.kind === "append") {
    const all = [...SOURCE].every((_, position) => cos.published.includes(`${writer.call} at ${position}`));
    return all ? undefined : "the call reports success, but it did not append its bytes";
  }
  const own = writer.mine.some((name) => cos.published.includes(`${name} ${writer.headers} ${SOURCE}`));
  if (own) return undefined;
  const { object } = cos;
  const complete = object?.bytes === SOURCE && object.headers === writer.headers;
  if (complete && !task.forbid) return undefined;
  return complete
    ? "the call reports success under ForbidOverwrite, but the object is another writer's"
    : "the call reports success, but the object lacks what it asked for";
}

/**
 * COS refused, or nothing was sent: what this call asked for does not stand at the key. A call that keeps its
 * checkpoint is exempt: its failure is not the last word, and the same call finds the object.
 */
function falseRefusal(task: Task, { cos }: State, writer: Writer): string | undefined {
  const { verdict } = writer;
  if (verdict === null || isSuccess(writer) || (task.kind === "put" && !task.forbid)) return undefined;
  if (writer.kept || saysThatItIsUnknown(task, verdict)) return undefined;
  const writers = cos.object?.by.split(",") ?? [];
  const own =
    task.kind === "append"
      ? writers[writer.part - 1] === writer.call
      : writer.mine.includes(writers[0] ?? "");
  return own ? `the call reports ${verdict}, but the object at the key is its own` : undefined;
}

/**
 * Whether a failure tells that the object may be stored. A transport failure tells it of calls that can simply be repeated;
 * a repeated PUT under ForbidOverwrite would be refused because of its own object.
 */
function saysThatItIsUnknown({ kind }: Task, verdict: string): boolean {
  if (verdict === "conflict") return false;
  if (kind === "put") return verdict === "outcome-unknown" || verdict === "wrong CRC64";
  return outcomeOf(FAILURES[verdict as FailureName]) === "unknown";
}

/** A failure that is not outcome-unknown, of an upload that was given up: it is never published. */
function lateViolation(task: Task, { cos }: State, writer: Writer): string | undefined {
  const { verdict, kept, mine } = writer;
  if (task.kind !== "multipart" || isSuccess(writer) || kept) return undefined;
  if (verdict === "outcome-unknown") return undefined;
  const published = cos.published.some((entry) => mine.includes(entry.split(" ")[0] ?? ""));
  return published ? `the call reports ${verdict} and gave the upload up, but it is published` : undefined;
}

/** No request of ours touches an upload that the second writer began. */
function foreignUpload({ cos }: State, sent: Request): string | undefined {
  if (sent.op !== "part" && sent.op !== "complete" && sent.op !== "abort") return undefined;
  return cos.uploads[sent.id]?.by === "b"
    ? "a request of ours touches the second writer's upload"
    : undefined;
}

/** An upload that a checkpoint names, and that fits, is not aborted. */
function lostUpload(task: Task, { checkpoint }: State, writer: Writer, sent: Request): string | undefined {
  if (sent.op !== "abort" || checkpoint?.id !== sent.id) return undefined;
  if (task.headers !== task.laterHeaders && writer.call !== "1") return undefined;
  return "acknowledged parts are lost: the upload that the checkpoint names is aborted";
}

/** An upload with acknowledged parts that still fits is resumed. */
function abandoned(task: Task, { cos, checkpoint }: State, writer: Writer): string | undefined {
  if (checkpoint === null || checkpoint.headers !== writer.headers) return undefined;
  return cos.uploads[checkpoint.id] === undefined || task.kind !== "multipart"
    ? undefined
    : "acknowledged parts are lost: the upload begins again beside the one that the checkpoint names";
}

/** An upload that is left behind is named by the checkpoint or by a warning, unless a crash came before either. */
function unreported({ cos, checkpoint, warned, saved, crashed }: State): string | undefined {
  const open = Object.entries(cos.uploads).filter(
    ([id, { by }]) =>
      by !== "b" && (by !== crashed || saved.includes(id)) && checkpoint?.id !== id && !warned.includes(id),
  );
  const unnamed = warned.filter((name) => name === "?").length;
  return open.length > unnamed ? "an upload is left behind that nothing names" : undefined;
}
