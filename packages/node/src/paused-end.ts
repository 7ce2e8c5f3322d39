/** What we use of undici's parser of responses. */
interface Parser {
  paused: boolean;
  readonly ptr: number;
  readonly llhttp: { llhttp_resume(ptr: number): void };
  readonly socket: { read(): Buffer | null };
  execute(chunk: Buffer): void;
  finish(): Error | null;
}

const NOTHING = Buffer.alloc(0);
const mended = new WeakSet<object>();

/**
 * Lets a response end while it is paused. In undici 7, the end of such a connection is an exception that nobody can catch:
 * it ends the process (nodejs/undici#5360, mended in 8). A slow disk or a slow reader pauses a response, and a proxy or a
 * server that says `Connection: close` ends it.
 * @param parser the parser of any connection; what is mended is its class
 */
export function letPausedResponsesEnd(parser: object): void {
  const type = Object.getPrototypeOf(parser) as Parser;
  if (mended.has(type)) return;
  mended.add(type);
  const { finish } = type;
  type.finish = function (this: Parser): Error | null {
    if (this.paused) passOnWhatIsLeft(this);
    return finish.call(this);
  };
}

/** A sink or a stream that has paused the response keeps what it is given, so that it can be given the rest. */
function passOnWhatIsLeft(parser: Parser): void {
  let data: Buffer;
  do {
    resume(parser);
    data = parser.socket.read() ?? NOTHING;
    parser.execute(data);
  } while (parser.paused && data.length > 0);
  if (parser.paused) resume(parser);
}

function resume(parser: Parser): void {
  parser.llhttp.llhttp_resume(parser.ptr);
  parser.paused = false;
}
