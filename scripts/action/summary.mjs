// Reads the events of `cosup sync --json` from stdin. Prints a line for each object, and writes the summary of the job and
// the outputs of the action.
import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** Lines of a job's summary that people read. */
const MOST_LISTED = 100;
const { GITHUB_STEP_SUMMARY, GITHUB_OUTPUT, SYNC_SOURCE, SYNC_TARGET } = process.env;

/** @typedef {Record<string, any>} Event an event, as docs/schema/cosup-json.schema.json describes it */

/** @type {Event[]} */
const listed = [];
/** @type {Event[]} */
const problems = [];
/** @type {Event | undefined} */
let summary;
let more = 0;

for await (const line of createInterface({ input: process.stdin })) note(JSON.parse(line));
if (GITHUB_STEP_SUMMARY) appendFileSync(GITHUB_STEP_SUMMARY, page());
if (GITHUB_OUTPUT) appendFileSync(GITHUB_OUTPUT, outputs());

/** @param {Event} event */
function note(event) {
  if (event.type === "summary") summary = event;
  if (event.type === "error" || event.type === "warning" || event.status === "failed") problems.push(event);
  if (event.type === "object" && event.status !== "failed") {
    if (listed.length < MOST_LISTED) listed.push(event);
    else more += 1;
  }
  const text = textOf(event);
  if (text !== undefined) console.log(text);
}

/** @param {Event} event */
function textOf({ type, status, action, source, key, code, message }) {
  if (type === "object" && status === "failed") return `failed ${source ?? key}: ${message}`;
  if (type === "object" || type === "deleted") return `${action ?? status} ${key}`;
  if (type === "error" || type === "warning") return `${type}: ${message} (${code})`;
  return undefined;
}

function page() {
  const lines = [`### ${escaped(SYNC_SOURCE ?? "")} → ${escaped(SYNC_TARGET ?? "")}`, ""];
  if (summary === undefined) lines.push("The sync did not end.", "");
  else lines.push(...table(summary), "");
  for (const { source, key, message } of problems) {
    const name = source ?? key;
    lines.push(`- ${name === undefined ? "" : `${escaped(name)}: `}${escaped(message)}`);
  }
  if (listed.length > 0) lines.push("", "<details><summary>Objects</summary>", "");
  for (const { key, status, action, crc64 } of listed) {
    lines.push(`- ${action ?? status} ${escaped(key)}${crc64 === undefined ? "" : `, CRC64 ${crc64}`}`);
  }
  if (more > 0) lines.push(`- and ${more} more`);
  if (listed.length > 0) lines.push("", "</details>");
  return `${lines.join("\n")}\n`;
}

/** @param {Event} found */
function table({ uploaded, unchanged, deleted, failed, bytes, elapsedMs }) {
  return [
    "| uploaded | bytes | unchanged | deleted | failed | seconds |",
    "|--:|--:|--:|--:|--:|--:|",
    `| ${[uploaded ?? 0, bytes, unchanged ?? 0, deleted ?? 0, failed, (elapsedMs / 1000).toFixed(1)].join(" | ")} |`,
  ];
}

function outputs() {
  const { uploaded = 0, unchanged = 0, deleted = 0, bytes = 0 } = summary ?? {};
  return `uploaded=${uploaded}\nunchanged=${unchanged}\ndeleted=${deleted}\nbytes=${bytes}\n`;
}

/** A name in Markdown: a key may contain anything. @param {string} text */
function escaped(text) {
  const safe = text.replace(/[&<>|`*_[\]\\#\p{Cc}]/gu, (character) => `&#${character.codePointAt(0)};`);
  return `<code>${safe}</code>`;
}
