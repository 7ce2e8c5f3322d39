/** What is wrong with a line of a manifest. Codes may be added. */
export type ManifestErrorCode =
  | "not-json"
  | "not-utf8"
  | "line-too-long"
  | "not-an-object"
  | "unknown-field"
  | "missing-field"
  | "wrong-field"
  | "credentials";

/** A line of a manifest that cannot be used. Neither its message nor its fields contain what the line says. */
export class ManifestError extends Error {
  /** The name of the class. */
  override readonly name = "ManifestError";
  /** The line, from 1 on; of objects, their position. */
  readonly line: number;
  /** What is wrong, for programs. */
  readonly code: ManifestErrorCode;
  /** The field that is wrong; undefined: the whole line. */
  readonly field: string | undefined;

  /** Created by {@link readManifest}. */
  constructor(line: number, code: ManifestErrorCode, reason: string, field?: string) {
    super(`manifest line ${line}: ${field === undefined ? "" : `${field}: `}${reason}`);
    this.line = line;
    this.code = code;
    this.field = field;
  }
}

/** Why an entry is refused, before its line is known. */
export class Refusal extends Error {
  readonly code: ManifestErrorCode;
  readonly field: string | undefined;

  constructor(code: ManifestErrorCode, reason: string, field?: string) {
    super(reason);
    this.code = code;
    this.field = field;
  }
}
