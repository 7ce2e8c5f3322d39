// Reads the verdicts of `deno test --reporter=tap`.
const RESULT = /^(ok|not ok) \d+ - (.*)$/;

export function readTap(text) {
  const verdicts = [];
  let details;
  for (const line of text.split("\n")) {
    const result = RESULT.exec(line);
    if (result) {
      verdicts.push(verdictOf(result[1] === "ok", result[2]));
    } else if (line.trim() === "---") {
      details = [];
    } else if (line.trim() === "..." && details !== undefined) {
      const last = verdicts.at(-1);
      if (last !== undefined && !last.passed) last.message = messageOf(details.join("\n"));
      details = undefined;
    } else if (details !== undefined) {
      details.push(line);
    }
  }
  return verdicts;
}

const SKIPPED = / # SKIP\b.*$/;

function verdictOf(ok, text) {
  if (SKIPPED.test(text)) return { name: unescaped(text.replace(SKIPPED, "")), passed: false, absent: true };
  return { name: unescaped(text), passed: ok };
}

/** "#" begins a directive in TAP, and is escaped in names. */
function unescaped(name) {
  return name.replaceAll("\\#", "#").replaceAll("\\\\", "\\");
}

function messageOf(details) {
  try {
    return JSON.parse(details).message;
  } catch {
    return details.trim();
  }
}
