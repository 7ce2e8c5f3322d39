import type { OnReadOpts, Socket } from "node:net";

/** Bytes of a read whose bytes are copied. */
const SMALL = 64 * 1024;
/** Bytes of a read that a sink takes: a quarter of the system calls and events. */
const LARGE = 256 * 1024;
/** One that the sink has, one that waits for it, one to read into; and one more for a socket that reads ahead. */
const MOST_LOANS = 4;

/** Memory that is not touched before something is read into it. */
const allocate = (bytes: number): Buffer => Buffer.allocUnsafeSlow(bytes);

/** A large buffer, and how many of its bytes somebody still has to deal with. */
interface Loan {
  readonly bytes: Buffer;
  out: number;
}

/**
 * The memory that one connection is read into. By itself, Node allocates 64 KiB for each read: with the page faults and the
 * garbage collection of it, that is more than half the CPU of a download.
 *
 * What is read is copied, which costs little for a short response, so that the same memory is read into again. Only while a
 * sink takes the body of a response, its bytes are lent: each read goes into one of a few buffers that was given back.
 */
export class ReceiveBuffers {
  readonly #small: Buffer;
  readonly #loans: Loan[] = [];
  /** What the connection reads into; undefined: the small buffer. */
  #current: Loan | undefined;
  #lends = false;

  /** @param small where the first read went */
  constructor(small: Buffer) {
    this.#small = small;
  }

  /** A sink takes the body of the response: it gives back each chunk, whole, when it has dealt with it. */
  lend(): void {
    this.#lends = true;
  }

  /** The response has ended. */
  endLending(): void {
    this.#lends = false;
  }

  giveBack(chunk: Uint8Array): void {
    for (const loan of this.#loans) {
      if (loan.bytes.buffer === chunk.buffer) loan.out -= chunk.length;
    }
  }

  /** What has been read, to be passed on. */
  received(count: number): Buffer {
    const loan = this.#current;
    if (loan === undefined) return Buffer.from(this.#small.subarray(0, count));
    const read = loan.bytes.subarray(0, count);
    if (!this.#lends) return Buffer.from(read);
    loan.out += count;
    return read;
  }

  /** Where the next read goes. */
  next(): Buffer {
    this.#current = this.#lends ? this.#free() : undefined;
    return this.#current?.bytes ?? this.#small;
  }

  #free(): Loan {
    const free = this.#loans.find((loan) => loan.out === 0);
    if (free !== undefined) return free;
    const loan = { bytes: allocate(LARGE), out: 0 };
    // A sink that still has the oldest one keeps it.
    if (this.#loans.push(loan) > MOST_LOANS) this.#loans.shift();
    return loan;
  }
}

const ofSocket = new WeakMap<Socket, ReceiveBuffers>();

/** The buffers of a connection that was made with {@link readIntoOwnBuffers}; undefined for every other one. */
export function receiveBuffersOf(socket: Socket | null | undefined): ReceiveBuffers | undefined {
  return socket ? ofSocket.get(socket) : undefined;
}

/**
 * The option `onread` of `net.connect` and `tls.connect`. Everything that is read goes on to the socket's readable side, so
 * that the socket behaves as any other.
 */
export function readIntoOwnBuffers(): OnReadOpts {
  // Node asks for the next buffer right after each callback, and for the first one when it makes the socket.
  let asked: ReceiveBuffers | undefined;
  return {
    buffer: () => {
      const buffers = asked;
      asked = undefined;
      return buffers?.next() ?? allocate(SMALL);
    },
    callback(this: Socket, count, buffer) {
      let buffers = ofSocket.get(this);
      if (buffers === undefined) {
        buffers = new ReceiveBuffers(buffer as Buffer);
        ofSocket.set(this, buffers);
      }
      asked = buffers;
      return this.push(buffers.received(count));
    },
  };
}
