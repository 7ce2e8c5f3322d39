import { ArgumentTypeError, SourceError } from "../errors.ts";

/** The error for a directory where a file is expected. */
export function directoryGiven(name: string): ArgumentTypeError {
  return new ArgumentTypeError(
    "LocalFilePath",
    `${name} is a directory; give a file, or use uploadDirectory`,
  );
}

/** The error for a path with a null character, which no system accepts. */
export function nullCharacter(): ArgumentTypeError {
  return new ArgumentTypeError("LocalFilePath", "a path without null characters");
}

/** The error for a socket. */
export function socketGiven(name: string): SourceError {
  return new SourceError(`${name} is a socket, which cannot be opened as a file`, "source-unreadable");
}

/** The error for a path that must not lead through a symbolic link, and does. */
export function behindLink(name: string, real: string): SourceError {
  return new SourceError(
    `${name} is ${real}, which was moved, or lies behind a symbolic link`,
    "source-unreadable",
  );
}

/** The error for anything else than a regular file where only that is accepted. */
export function notRegular(name: string): SourceError {
  return new SourceError(`${name} is no regular file`, "source-unreadable");
}

/** Whether an error says all that a caller needs: it is ours, and needs no explanation. */
export function isExplained(error: unknown): boolean {
  return error instanceof SourceError || error instanceof ArgumentTypeError;
}
