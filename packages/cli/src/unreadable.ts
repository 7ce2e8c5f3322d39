import { SourceError } from "@cosup/node";

/** The error of a file that is missing or that cannot be read. */
export function unreadable(path: string, cause: unknown): SourceError {
  const missing = ["ENOENT", "ENOTDIR"].includes((cause as NodeJS.ErrnoException).code ?? "");
  return new SourceError(
    `${path} ${missing ? "does not exist" : "cannot be read"}`,
    "source-unreadable",
    cause,
  );
}
