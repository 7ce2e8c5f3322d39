import { SOURCE } from "./cos.ts";
import { crc64Of, type Decisions } from "./decisions.ts";
import { FAILURES, type FailureName } from "./network.ts";
import { end, go, isSentAgain, type Protocol, type Step, type Writer } from "./writer.ts";

/** Two appends, one after the other: core's append.ts and append-outcome.ts. */
export const APPEND: Protocol = {
  request: (_task, { at, call, part }) => {
    if (at === "append") return { op: "append", call, position: part - 1 };
    return at === "append-head" ? { op: "head" } : { op: "read", position: part - 1 };
  },
  receive(_task, decisions, writer, outcome) {
    if (writer.at === "append") {
      return "failure" in outcome ? failed(decisions, writer, outcome.failure) : stored(writer, "confirmed");
    }
    if ("failure" in outcome) return [end(writer, "outcome-unknown")];
    if (writer.at === "append-head") {
      return looked(decisions, { ...writer, length: outcome.reply.object?.bytes.length ?? 0 }, undefined);
    }
    const { bytes } = outcome.reply;
    if (bytes?.length !== 1) return [end(writer, "outcome-unknown")];
    return looked(decisions, writer, bytes === SOURCE[writer.part - 1]);
  },
};

function failed(decisions: Decisions, writer: Writer, failure: FailureName): Step {
  const error = FAILURES[failure];
  if (isSentAgain(decisions, writer, failure, false)) {
    return [{ ...writer, attempt: writer.attempt + 1, earlier: atLeastRefused(writer) }];
  }
  const next = decisions.afterAppend(error, writer.earlier, writer.round === decisions.limits.rounds);
  if (next === "fail") return [end(writer, failure)];
  if (next === "repeat")
    return [go(writer, "append", { round: writer.round + 1, earlier: atLeastRefused(writer) })];
  return [
    go(writer, "append-head", {
      failure,
      final: next === "look-and-fail" || writer.round === decisions.limits.rounds,
    }),
  ];
}

function atLeastRefused({ earlier }: Writer): Writer["earlier"] {
  return earlier === "none" ? "refused" : earlier;
}

function looked(decisions: Decisions, writer: Writer, equal: boolean | undefined): Step {
  const appended = { position: writer.part - 1, length: 1, crc64: crc64Of(SOURCE[writer.part - 1] ?? "") };
  const failure = writer.failure ?? "outcome-unknown";
  switch (decisions.afterAppendLook(writer.length, appended, equal)) {
    case "compare":
      return [go(writer, "append-read")];
    case "not-appended":
      if (writer.final) return [end(writer, failure)];
      return [
        go(writer, "append", { round: writer.round + 1, earlier: "unknown", failure: null, length: 0 }),
      ];
    case "conflict":
      return [end(writer, failure === "AppendPositionErr" ? failure : "conflict")];
    case "appended":
      return stored(writer, "found");
    default:
      return [end(writer, "outcome-unknown")];
  }
}

function stored(writer: Writer, verdict: "confirmed" | "found"): Step {
  if (writer.part === SOURCE.length) return [end(writer, verdict)];
  return [
    go(writer, "append", { part: writer.part + 1, round: 1, earlier: "none", failure: null, length: 0 }),
  ];
}
