import { ArgumentTypeError } from "../../errors.ts";
import { takeOnce } from "./given-before.ts";
import { decodes, encodingOf, isUtf8 } from "./node-stream-text.ts";
import { streamFailed } from "./stream-failed.ts";

type Listener = (...values: never[]) => void;

/** What a Node Readable, one of readable-stream 2 to 4, and one of streamx have in common; some members are newer. */
export interface NodeStream {
  on(event: string, listener: Listener): unknown;
  prependListener?(event: string, listener: Listener): unknown;
  removeListener(event: string, listener: Listener): unknown;
  listenerCount?(event: string): number;
  read(): unknown;
  pause(): unknown;
  isPaused?(): boolean;
  destroy?(error?: Error): unknown;
  unshift?(chunk: unknown, ...more: unknown[]): unknown;
  readonly readable?: boolean;
  readonly destroyed?: boolean;
  readonly destroying?: boolean;
  readonly errored?: Error | null;
  readonly readableEnded?: boolean;
  readonly readableDidRead?: boolean;
  readonly readableEncoding?: string | null;
  /** State bits of a streamx stream; the lowest is set until it is first read. */
  readonly _duplexState?: number;
  readonly _readableState?: {
    readonly ended?: boolean;
    readonly endEmitted?: boolean;
    readonly flowing?: boolean | null;
    readonly resumeScheduled?: boolean;
    readonly encoding?: string | null;
    readonly emitClose?: boolean;
    /** Destinations of `pipe` that are full: one, or a set of them. */
    readonly awaitDrainWriters?: object | null;
    /** Number of full destinations in readable-stream 2 and 3; too high after reads by other consumers. */
    readonly awaitDrain?: number;
    /** All destinations of `pipe`: in readable-stream 2 and 3 one, or an array of them. */
    readonly pipes?: Destination | readonly Destination[] | null;
    /** The function by which streamx changes chunks, such as its decoder. */
    readonly map?: unknown;
    /** The one destination of `pipe` in streamx. */
    readonly pipeTo?: Destination | null;
  };
}

interface Destination {
  /** Of Node's. */
  readonly writableNeedDrain?: boolean;
  readonly _writableState?: {
    /** Of readable-stream. */
    readonly needDrain?: boolean;
    /** Of streamx. */
    readonly buffered?: number;
    readonly highWaterMark?: number;
  };
  once?(event: "drain", listener: () => void): unknown;
}

const METHODS = ["on", "removeListener", "read", "pipe", "pause", "resume"];

/** Checks the shape: streams of npm packages are no `instanceof` Node's own class. */
export function isNodeStream(input: object): input is NodeStream {
  return METHODS.every((name) => typeof Reflect.get(input, name) === "function");
}

/**
 * Refuses a stream that can no longer give its whole content.
 * @throws {TypeError} it was read, read to its end, destroyed, given before, or decodes its bytes
 * @throws {SourceError} it has failed
 */
export function refuseUsed(stream: NodeStream, parameter: string): void {
  takeOnce(stream, parameter);
  const { errored, readableEnded, _readableState: state } = stream;
  if (errored !== null && errored !== undefined) throw streamFailed(errored);
  const over = stream.readable === false || stream.destroyed === true || stream.destroying === true;
  if (over || (readableEnded ?? state?.endEmitted) === true) {
    throw new ArgumentTypeError(
      parameter,
      "this stream was read to its end or destroyed before; give a fresh one",
    );
  }
  if (wasRead(stream)) {
    throw new ArgumentTypeError(
      parameter,
      "somebody has read from this stream before; give a fresh one, or pipe its rest into a PassThrough and give that",
    );
  }
  const encoding = encodingOf(stream);
  if (encoding !== undefined && !isUtf8(encoding)) throw new ArgumentTypeError(parameter, decodes(encoding));
}

/** readable-stream 2 and 3 and streamx do not say whether they were read before, only whether they are read now. */
function wasRead(stream: NodeStream): boolean {
  const { readableDidRead, _duplexState, _readableState: state } = stream;
  if (readableDidRead !== undefined) return readableDidRead;
  if (_duplexState !== undefined) {
    const consumers = (stream.listenerCount?.("data") ?? 0) > 0 || (state?.pipeTo ?? null) !== null;
    return (_duplexState & 1) === 0 && consumers;
  }
  // It has flowed since an earlier turn of the event loop: what it gave is lost.
  return state?.flowing === true && state.resumeScheduled === false;
}

/**
 * The destinations of `pipe` that are full, of a stream of readable-stream 2 or 3. Decided by their own state: the stream
 * counts one twice when another consumer reads while it is full, and then neither continues nor emits an event. A
 * destination without a visible state counts as full.
 */
export function fullDestinations({ _readableState: state }: NodeStream): readonly Destination[] {
  if (!((state?.awaitDrain ?? 0) > 0)) return [];
  return [state?.pipes ?? []].flat().filter(({ _writableState: to }) => to?.needDrain !== false);
}

/** Whether a destination of `pipe` has asked the stream to wait. */
export function awaitsDrain(stream: NodeStream): boolean {
  const { _readableState: state } = stream;
  const writers = state?.awaitDrainWriters;
  // Node's set is not `instanceof` Set.
  if (writers && !("write" in writers) && "size" in writers) return writers.size !== 0;
  const { writableNeedDrain, _writableState: to } = state?.pipeTo ?? {};
  const full = (to?.buffered ?? 0) >= (to?.highWaterMark ?? Number.POSITIVE_INFINITY);
  return (
    (writers ?? null) !== null || fullDestinations(stream).length > 0 || writableNeedDrain === true || full
  );
}

export function isDestroyed({ destroyed, destroying }: NodeStream): boolean {
  return destroyed === true || destroying === true;
}
