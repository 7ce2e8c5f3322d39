import { constants } from "node:fs";
import { TransferError } from "../errors.ts";

/** Windows has no O_NONBLOCK. With it, a named pipe does not wait for a writer. */
const { O_RDONLY, O_NONBLOCK = 0 } = constants as typeof constants & { readonly O_NONBLOCK?: number };

/** How a source is opened. */
export const READ_FLAGS = O_RDONLY | O_NONBLOCK;

const NOT_THERE = ["ENOENT", "ENOTDIR"];

/** What passes when descriptors are closed, or when a network file system recovers. */
const PASSING = ["EMFILE", "ENFILE", "EAGAIN", "EIO", "ESTALE", "ETIMEDOUT"];

/** The path is that of a folder, a device or a pipe. */
export function notAFile(path: string): TransferError {
  return new TransferError(`${path} is not a regular file`, { code: "source-unreadable", retryable: false });
}

/** Names what the system says of a path. A TransferError stays as it is. */
export function unreadable(path: string, cause: unknown): TransferError {
  if (cause instanceof TransferError) return cause;
  const code = String((cause as NodeJS.ErrnoException | undefined)?.code ?? "");
  const isMissing = NOT_THERE.includes(code);
  return new TransferError(isMissing ? `${path} does not exist` : `${path} cannot be read (${code})`, {
    code: isMissing ? "source-not-found" : "source-unreadable",
    retryable: PASSING.includes(code),
    cause,
  });
}
