import { isDeepStrictEqual } from "node:util";
import { ConfigError } from "./config-error.ts";
import { type ProfileTable, parseConfig } from "./config-file.ts";

/** New values of fields; undefined removes one. */
export type FieldChanges = Readonly<Record<string, unknown>>;

/**
 * The text of a configuration with other fields in one profile, which is added if it does not exist. Comments, order and
 * line ends stay.
 * @throws {ConfigError} the file writes the profile in a form that this does not know, an inline table for one
 */
export async function withFields(
  text: string,
  profile: string,
  changes: FieldChanges,
  path: string,
): Promise<string> {
  const { stringify } = await import("smol-toml");
  const lines = linesOf(text);
  for (const [field, value] of Object.entries(changes)) {
    const line = value === undefined ? undefined : stringify({ [field]: value }).trimEnd();
    setLine(lines, profile, field, line);
  }
  const before = await parseConfig(text, path);
  const table = new Map(
    Object.entries({ ...before.get(profile), ...changes }).filter(([, value]) => value !== undefined),
  );
  return verified(join(lines, text), new Map(before).set(profile, Object.fromEntries(table)), path);
}

/**
 * The text of a configuration without a profile.
 * @throws {ConfigError} the file writes the profile in a form that this does not know
 */
export async function withoutProfile(text: string, profile: string, path: string): Promise<string> {
  const lines = linesOf(text);
  const { start, end } = sectionOf(lines, profile) ?? { start: 0, end: 0 };
  lines.splice(start, end - start);
  const expected = await parseConfig(text, path);
  expected.delete(profile);
  return verified(join(lines, text), expected, path);
}

/** Whatever the edit did, the result means what it should, or it is not written. */
async function verified(
  text: string,
  expected: ReadonlyMap<string, ProfileTable>,
  path: string,
): Promise<string> {
  const actual = await parseConfig(text, path).catch(() => undefined);
  const plain = (profiles: ReadonlyMap<string, ProfileTable>): unknown =>
    JSON.parse(JSON.stringify(Object.fromEntries(profiles)));
  if (actual !== undefined && isDeepStrictEqual(plain(actual), plain(expected))) return text;
  throw new ConfigError(`${path} writes this in a form that cosup does not change: edit it by hand`);
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function join(lines: readonly string[], original: string): string {
  const end = original.includes("\r\n") ? "\r\n" : "\n";
  return lines.map((line) => line + end).join("");
}

interface Section {
  /** The line of the heading. */
  readonly start: number;
  /** The line after its last one. */
  readonly end: number;
}

function sectionOf(lines: readonly string[], profile: string): Section | undefined {
  const heading = new RegExp(`^\\s*\\[\\s*profile\\s*\\.\\s*${nameForms(profile)}\\s*\\]\\s*(#.*)?$`);
  const start = lines.findIndex((line) => heading.test(line));
  if (start < 0) return undefined;
  const next = lines.findIndex((line, index) => index > start && /^\s*\[/.test(line));
  return { start, end: next < 0 ? lines.length : next };
}

/** A name as it is, or in quotes. */
function nameForms(name: string): string {
  const literal = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return `(?:${literal}|"${literal}"|'${literal}')`;
}

/** @param line of the field; undefined removes it */
function setLine(lines: string[], profile: string, field: string, line: string | undefined): void {
  const section = sectionOf(lines, profile);
  if (section === undefined) {
    if (line === undefined) return;
    if (lines.length > 0 && lines.at(-1) !== "") lines.push("");
    lines.push(`[profile.${/^[\w-]+$/.test(profile) ? profile : JSON.stringify(profile)}]`, line);
    return;
  }
  const assignment = new RegExp(`^\\s*${nameForms(field)}\\s*=`);
  const at = lines.findIndex(
    (each, index) => index > section.start && index < section.end && assignment.test(each),
  );
  if (at >= 0) lines.splice(at, 1, ...(line === undefined ? [] : [line]));
  else if (line !== undefined) lines.splice(lastLine(lines, section) + 1, 0, line);
}

/** The last line of the section that is not empty: what follows belongs to the next heading. */
function lastLine(lines: readonly string[], { start, end }: Section): number {
  let last = end - 1;
  while (last > start && /^\s*(#.*)?$/.test(lines[last] ?? "")) last -= 1;
  return last;
}
