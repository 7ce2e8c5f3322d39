import { SOURCE } from "./cos.ts";
import { asHeadShows, crc64Of, type Decisions, HEADERS } from "./decisions.ts";
import { FAILURES, type FailureName } from "./network.ts";
import { end, go, isSentAgain, type Protocol, type Step, type Task, type Writer } from "./writer.ts";

/** How often a body with a wrong returned checksum is sent. */
const SENDS = 3;

/** One PUT: core's put-with-outcome-check.ts and verify.ts. */
export const PUT: Protocol = {
  request: ({ forbid }, { at, call, headers }) =>
    at === "put" ? { op: "put", call, headers, forbid } : { op: "head" },
  receive(task, decisions, writer, outcome) {
    if (writer.at === "put") {
      return "failure" in outcome
        ? failed(task, decisions, writer, outcome.failure)
        : [end(writer, "confirmed")];
    }
    if ("failure" in outcome) return [end(writer, "outcome-unknown")];
    const refusal = writer.failure ?? "outcome-unknown";
    const wanted = { size: SOURCE.length, crc64: crc64Of(SOURCE), headers: HEADERS[writer.headers] };
    const found = decisions.compareFound(asHeadShows(outcome.reply.object ?? null), wanted);
    const decision = decisions.afterRefusedPut(FAILURES[refusal], found, writer.confirmed);
    if (decision === "published") return [end(writer, "found")];
    return [end(writer, decision === "fail" ? refusal : "outcome-unknown")];
  },
};

function failed(task: Task, decisions: Decisions, writer: Writer, failure: FailureName): Step {
  if (failure === "wrong CRC64") {
    if (writer.round === SENDS) return [end(writer, failure)];
    return [go(writer, "put", { round: writer.round + 1, confirmed: true })];
  }
  const error = FAILURES[failure];
  const doubtful = writer.doubtful || decisions.outcomeOf(error) === "unknown";
  if (isSentAgain(decisions, writer, failure, true)) {
    return [{ ...writer, attempt: writer.attempt + 1, doubtful }];
  }
  if (!task.forbid) return [end(writer, failure)];
  const next = decisions.afterFailedPut(error, writer.doubtful || writer.confirmed);
  if (next === "look") return [go(writer, "check-put", { failure })];
  return [end(writer, next === "unknown" ? "outcome-unknown" : failure)];
}
