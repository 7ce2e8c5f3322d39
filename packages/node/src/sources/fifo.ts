import { close, constants, open } from "node:fs";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { withDescriptor } from "@cosup/core/files";

const openDescriptor = promisify(open);

/**
 * A named pipe as a stream. Opened without blocking and polled like a socket: an ordinary open waits for a writer in
 * one of libuv's four threads, where no abort reaches it and where four such pipes stop all file work.
 */
export async function openFifo(path: string): Promise<Readable> {
  const descriptor = await withDescriptor(() =>
    openDescriptor(path, constants.O_RDONLY | constants.O_NONBLOCK),
  );
  try {
    return new Socket({ fd: descriptor, readable: true, writable: false });
  } catch (error) {
    close(descriptor);
    throw error;
  }
}
