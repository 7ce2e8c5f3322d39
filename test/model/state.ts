import { APPEND } from "./append.ts";
import { type Cos, carryOut, EMPTY, type Request } from "./cos.ts";
import type { Decisions } from "./decisions.ts";
import { MULTIPART } from "./multipart.ts";
import { faultsOf } from "./network.ts";
import { PUT } from "./put.ts";
import { begin } from "./resume.ts";
import { ACTIONS, APPENDS } from "./second-writer.ts";
import type { Checkpoint, Outcome, Protocol, Task, Writer } from "./writer.ts";

/** How many faults, actions and crashes one history may have. */
export interface Bounds {
  readonly faults: number;
  readonly actions: number;
  readonly crashes: number;
  /** Calls in total: a new one follows a crash or a failure. */
  readonly calls: number;
}

/** The complete state: everything that a later step can depend on. */
export interface State {
  readonly cos: Cos;
  /** Requests under way whose sender no longer waits for them. */
  readonly late: readonly Request[];
  /** null after a crash of the process. */
  readonly writer: Writer | null;
  readonly checkpoint: Checkpoint | null;
  /** Uploads that a warning named; `?` stands for one whose id is unknown. */
  readonly warned: readonly string[];
  /** Uploads that a checkpoint has named. */
  readonly saved: readonly string[];
  readonly crashed: string;
  readonly calls: number;
  readonly left: Omit<Bounds, "calls">;
}

export interface Transition {
  readonly words: string;
  readonly state: State;
  /** The request of our writer in this step, as COS carries it out. */
  readonly sent?: Request;
  /** The outcome on which our writer decides next; undefined when it no longer waits. */
  readonly outcome?: Outcome;
}

const PROTOCOLS: Readonly<Record<Task["kind"], Protocol>> = {
  put: PUT,
  multipart: MULTIPART,
  append: APPEND,
};

export function firstState(task: Task, decisions: Decisions, bounds: Bounds): State {
  const { calls: _, ...left } = bounds;
  return {
    cos: EMPTY,
    late: [],
    writer: begin(task, decisions, "1", null, Object.keys(EMPTY.uploads)),
    checkpoint: null,
    warned: [],
    saved: [],
    crashed: "",
    calls: 1,
    left,
  };
}

/** Everything that can happen next. */
export function* transitions(
  task: Task,
  decisions: Decisions,
  bounds: Bounds,
  state: State,
): Generator<Transition> {
  yield* lateArrivals(state);
  const { writer } = state;
  const over = writer?.at === "end";
  if ((writer === null || over) && state.calls < bounds.calls && !isSuccess(writer)) {
    yield nextCall(task, decisions, state);
  }
  if (!over) yield* secondWriter(task, state);
  if (writer === null || over) return;
  if (state.left.crashes > 0) yield crash(state, writer, state, "crashes");
  yield* ownStep(task, decisions, state, writer);
}

export function isSuccess(writer: Writer | null): boolean {
  return writer?.verdict === "confirmed" || writer?.verdict === "found";
}

function* lateArrivals(state: State): Generator<Transition> {
  for (const [index, request] of state.late.entries()) {
    const [cos] = carryOut(state.cos, request);
    const late = state.late.filter((_, other) => other !== index);
    yield { words: `COS carries out the late ${inWords(request)}`, state: { ...state, cos, late } };
  }
}

function* secondWriter(task: Task, state: State): Generator<Transition> {
  if (state.left.actions === 0) return;
  const left = { ...state.left, actions: state.left.actions - 1 };
  for (const [words, act] of Object.entries(task.kind === "append" ? APPENDS : ACTIONS)) {
    const cos = act(state.cos);
    if (cos !== undefined) yield { words: `the second writer ${words}`, state: { ...state, cos, left } };
  }
}

function nextCall(task: Task, decisions: Decisions, state: State): Transition {
  const calls = state.calls + 1;
  const writer = begin(task, decisions, String(calls), state.checkpoint, Object.keys(state.cos.uploads));
  return { words: "the same call is made again", state: { ...state, writer, calls } };
}

function crash(state: State, writer: Writer, after: State, words: string): Transition {
  const left = { ...state.left, crashes: state.left.crashes - 1 };
  return { words: `the process ${words}`, state: { ...after, writer: null, crashed: writer.call, left } };
}

/** One request with all its possible outcomes, including the end of the process. */
function* ownStep(task: Task, decisions: Decisions, state: State, writer: Writer): Generator<Transition> {
  const protocol = PROTOCOLS[task.kind];
  const proceed = (from: State, outcome: Outcome): State =>
    received(from, ...protocol.receive(task, decisions, writer, outcome, from.checkpoint));
  const sent = protocol.request(task, writer);
  if (sent === undefined) {
    yield { words: "saves the checkpoint", state: proceed(state, { reply: {} }) };
    return;
  }
  const name = inWords(sent);
  const [cos, reply] = carryOut(state.cos, sent);
  const outcome: Outcome = "refused" in reply ? { failure: reply.refused } : { reply };
  const done = { ...state, cos };
  const later = { ...state, late: [...state.late, sent].sort(byText) };
  const ended = "failure" in outcome ? `is refused: ${outcome.failure}` : "succeeds";
  yield { words: `${name} ${ended}`, state: proceed(done, outcome), sent, outcome };
  if (state.left.crashes > 0) {
    yield { ...crash(state, writer, done, `crashes while COS carries out ${name}`), sent };
    yield { ...crash(state, writer, later, `crashes with ${name} on its way`), sent };
  }
  if (state.left.faults === 0) return;
  const left = { ...state.left, faults: state.left.faults - 1 };
  for (const { effect, failure } of faultsOf(sent, state.late)) {
    // What COS refuses has no effect that could be lost.
    if (effect === "done" && cos === state.cos) continue;
    const after = effect === "none" ? state : effect === "done" ? done : later;
    const words = `${name} fails: ${failure} (${EFFECTS[effect]})`;
    yield { words, state: proceed({ ...after, left }, { failure }), sent, outcome: { failure } };
  }
}

const EFFECTS = { none: "not carried out", done: "carried out", late: "still on its way" };

function received(
  state: State,
  writer: Writer,
  effects: { checkpoint?: Checkpoint | null; warnOf?: string } = {},
): State {
  const checkpoint = effects.checkpoint === undefined ? state.checkpoint : effects.checkpoint;
  const id = effects.checkpoint?.id;
  const saved = id === undefined || state.saved.includes(id) ? state.saved : [...state.saved, id];
  const warned = effects.warnOf === undefined ? state.warned : [...state.warned, effects.warnOf].sort();
  return { ...state, writer, checkpoint, saved, warned };
}

function byText(a: Request, b: Request): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

function inWords(request: Request): string {
  switch (request.op) {
    case "part":
      return `UploadPart ${request.part} of ${request.id}`;
    case "append":
      return `Append at ${request.position}`;
    case "list":
      return `ListParts of ${request.id}`;
    case "complete":
      return `Complete of ${request.id}`;
    case "abort":
      return `Abort of ${request.id}`;
    default:
      return request.op === "read"
        ? "GET of a range"
        : request.op === "head"
          ? "HEAD"
          : request.op === "put"
            ? "PUT"
            : "Initiate";
  }
}
