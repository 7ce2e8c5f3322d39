import { isNoSuchUpload } from "../../packages/core/src/upload/resolve-outcome.ts";
import { type Request, SOURCE } from "./cos.ts";
import { asHeadShows, crc64Of, type Decisions, HEADERS } from "./decisions.ts";
import { FAILURES, type FailureName } from "./network.ts";
import { nextPart } from "./next-part.ts";
import { resumed } from "./resume.ts";
import {
  end,
  go,
  isSentAgain,
  type Outcome,
  type Protocol,
  type Step,
  type Task,
  type Writer,
} from "./writer.ts";

/** Core's initiate.ts, send-parts.ts, complete.ts, resolve-complete.ts and the end of multipart.ts. */
export const MULTIPART: Protocol = {
  request({ forbid }, { at, call, headers, id, part }): Request | undefined {
    if (at === "initiate") return { op: "initiate", call, headers };
    if (at === "part") return { op: "part", id, part };
    if (at === "complete") return { op: "complete", id, forbid };
    if (at === "list" || at === "resume-list") return { op: "list", id };
    if (at === "head" || at === "resume-head") return { op: "head" };
    return at === "save" ? undefined : { op: "abort", id };
  },
  receive(task, decisions, writer, outcome, saved) {
    switch (writer.at) {
      case "initiate":
        return initiated(task, decisions, writer, outcome);
      case "save":
        return [
          go(writer, "part", { kept: true }),
          { checkpoint: { id: writer.id, headers: writer.headers, parts: "--" } },
        ];
      case "part":
        return partSent(decisions, writer, outcome, saved);
      case "complete":
        return completed(decisions, writer, outcome);
      case "list":
      case "head":
        return looked(task, decisions, writer, outcome);
      case "abort":
        return aborted(decisions, writer, outcome);
      default:
        return resumed(task, decisions, writer, outcome, saved);
    }
  },
};

function initiated(task: Task, decisions: Decisions, writer: Writer, outcome: Outcome): Step {
  if (!("failure" in outcome)) {
    const id = outcome.reply.id ?? "";
    const fresh = { id, mine: [...writer.mine, id], part: 1, round: 1, stored: "--" };
    return [go(writer, task.checkpoints ? "save" : "part", fresh)];
  }
  const { failure } = outcome;
  if (isSentAgain(decisions, writer, failure, false)) return [{ ...writer, attempt: writer.attempt + 1 }];
  const next = decisions.afterInitiate(FAILURES[failure], writer.round === 2);
  const warning = next === "fail" ? {} : { warnOf: "?" };
  if (next === "repeat") return [go(writer, "initiate", { round: writer.round + 1 }), warning];
  return [end(writer, failure), warning];
}

function partSent(
  decisions: Decisions,
  writer: Writer,
  outcome: Outcome,
  saved: Parameters<Protocol["receive"]>[4],
): Step {
  if ("failure" in outcome) {
    if (isSentAgain(decisions, writer, outcome.failure, true))
      return [{ ...writer, attempt: writer.attempt + 1 }];
    return failed(decisions, writer, outcome.failure);
  }
  const next = nextPart(decisions, { ...writer, part: writer.part + 1 });
  if (!writer.kept || saved === null) return [next];
  const parts = [...saved.parts]
    .map((byte, n) => (n + 1 === writer.part ? (SOURCE[n] ?? "") : byte))
    .join("");
  return [next, { checkpoint: { ...saved, parts } }];
}

function completed(decisions: Decisions, writer: Writer, outcome: Outcome): Step {
  if (!("failure" in outcome)) return [end(writer, "confirmed"), { checkpoint: null }];
  const { failure } = outcome;
  if (isSentAgain(decisions, writer, failure, false)) return [{ ...writer, attempt: writer.attempt + 1 }];
  const { doubtful, next } = decisions.afterComplete(
    FAILURES[failure],
    writer.doubtful,
    writer.round === decisions.limits.rounds,
  );
  if (next === "fail") return failed(decisions, writer, failure);
  if (next === "repeat") return [go(writer, "complete", { round: writer.round + 1, doubtful })];
  const gone = isNoSuchUpload(FAILURES[failure]);
  return [go(writer, gone ? "head" : "list", { doubtful, failure, open: gone ? false : null })];
}

function looked(task: Task, decisions: Decisions, writer: Writer, outcome: Outcome): Step {
  const failure = writer.failure ?? "outcome-unknown";
  const rules = {
    failure: FAILURES[failure],
    doubtful: writer.doubtful,
    forbidOverwrite: task.forbid,
    lastRound: writer.round === decisions.limits.rounds,
  };
  if (writer.at === "list") {
    const refused = "failure" in outcome ? outcome.failure : undefined;
    const open = refused === undefined ? true : refused === "NoSuchUpload" ? false : undefined;
    const early = decisions.afterLook({ open, found: undefined }, rules);
    if (early === "repeat")
      return [go(writer, "complete", { round: writer.round + 1, failure: null, open: null })];
    if (early === "fail" && open === true) return failed(decisions, writer, failure);
    return [go(writer, "head", { open: open ?? null })];
  }
  if ("failure" in outcome) return failed(decisions, writer, writer.doubtful ? "outcome-unknown" : failure);
  const wanted = { size: SOURCE.length, crc64: crc64Of(SOURCE), headers: HEADERS[writer.headers] };
  const found = decisions.compareFound(asHeadShows(outcome.reply.object ?? null), wanted);
  const decision = decisions.afterLook({ open: writer.open ?? undefined, found }, rules);
  if (decision === "fail") return failed(decisions, writer, failure);
  if (decision !== "published") return failed(decisions, writer, "outcome-unknown");
  return [end(writer, "found"), { checkpoint: null, ...(writer.open === null ? { warnOf: writer.id } : {}) }];
}

/** Mirrors core's `afterFailure`: what happens to the upload. */
function failed(decisions: Decisions, writer: Writer, failure: FailureName): Step {
  const error = FAILURES[failure];
  if (writer.kept) return [end(writer, failure), isNoSuchUpload(error) ? { checkpoint: null } : {}];
  const next = decisions.afterFailedUpload(error);
  if (next === "abort") return [go(writer, "abort", { failure })];
  return [end(writer, failure), next === "leave" ? { warnOf: writer.id } : {}];
}

function aborted(decisions: Decisions, writer: Writer, outcome: Outcome): Step {
  const refused = "failure" in outcome ? outcome.failure : undefined;
  if (refused !== undefined && isSentAgain(decisions, writer, refused, true)) {
    return [{ ...writer, attempt: writer.attempt + 1 }];
  }
  const failure = writer.failure ?? "outcome-unknown";
  const became =
    refused === undefined ? "aborted" : refused === "NoSuchUpload" ? "unknown upload" : "left behind";
  const unknown = decisions.isUnknownAfterAbort(became, FAILURES[failure], writer.doubtful);
  return [
    end(writer, unknown ? "outcome-unknown" : failure),
    became === "left behind" ? { warnOf: writer.id } : {},
  ];
}
