// The words that this repository does not use, and the words used instead. `check-words.mjs` checks every tracked text
// against this table. To allow a word in one place, add the place and the reason to ALLOWED.

/**
 * @typedef {object} Word
 * @property {string} name the word as a finding prints it
 * @property {RegExp} pattern
 * @property {string} use the word used instead
 * @property {boolean} [identifier] the pattern is a whole name in code. Other patterns also match parts of names, which
 * are split at capitals and underscores first ("losesAnswer" is "loses Answer")
 */

/** @param {string} name @param {RegExp} pattern @param {string} use @returns {Word} */
const word = (name, pattern, use) => ({ name, pattern, use });
/** @param {string} name @param {string} use @returns {Word} */
const identifier = (name, use) => ({
  name,
  pattern: new RegExp(`(?<![\\w$])${name}(?![\\w$])`),
  use,
  identifier: true,
});

/** @type {readonly Word[]} */
export const WORDS = [
  word("answer", /\b(un)?answer(s|ed|ing|able)?\b/i, "response, respond"),
  word("prove", /\b(un|re|dis)?(prove[nsd]?|proving|proofs?)\b/i, "verify, verified, verification"),
  word("anew", /\banew\b/i, "again, from the beginning"),
  word("whoever", /\bwho(so)?(m)?ever\b/i, "name who it is: the caller, a process that …"),
  word("thereby", /\bthereby\b/i, "by that, so"),
  word("heed", /\bheed(s|ed|ing|less)?\b/i, "respect, follow, observe"),
  word("told of", /\btold of\b/i, "is called with, receives, is reported"),
  word("of its own accord", /\bof (its|their|his) own accord\b/i, "by itself, without a request"),
  word("lest", /\blest\b/i, "so that … not"),
  word("hitherto", /\bhitherto\b/i, "until now"),
  word("needs must", /\bneeds must\b/i, "must"),
  word("wherein", /\bwherein\b/i, "in which"),
  word("make sure of", /\b(make|makes|made|making) sure of\b/i, "reserve, check"),
  word("the house is crooked", /\bhouse is (crooked|straight)\b/i, "import directions: 1 violation"),
  word("whence", /\b(whence|thence|henceforth|forthwith|thereof|herein|therein)\b/i, "plain words"),
  identifier("lendCore", "acquireDigestCore"),
  identifier("CoreLender", "DigestCorePool"),
  identifier("coreFor", "digestCoreFor"),
  // "resident memory" is the kernel's term.
  {
    name: "resident",
    pattern: /(?<![\w$])resident(?![\w$]| memory| set)/,
    use: "inMemory",
    identifier: true,
  },
  // The flag of a request; `inspect()` is Node's.
  { name: "inspect", pattern: /(?<![\w$.-])inspect\??:/, use: "validateResponse", identifier: true },
  identifier("UploadWish", "RequestedUpload"),
  identifier("UploadShape", "UploadPlan"),
  identifier("detours", "hostSwitches"),
  identifier("settlingPut", "putWithOutcomeCheck"),
  identifier("alreadyThere", "findIdenticalObject"),
  identifier("misfitOf", "whyIncompatible"),
  identifier("stillKnown", "listPartsIfUploadExists"),
  identifier("runLoops", "runWorkers"),
  identifier("areLost", "isDetached"),
  identifier("lostBytes", "detachedBufferError"),
  identifier("withGiven", "mergeCallerHeaders"),
  identifier("synthesised", "codeForBodylessStatus"),
  identifier("EngineParameters", "MultipartOptions"),
  identifier("plainFile", "refuseSymlinks"),
  identifier("CachePace", "SyncReadPolicy"),
  identifier("onTheSpot", "runSync"),
  identifier("givesNothing", "isReallyEmpty"),
  identifier("barredBy", "reasonNotToEnter"),
  identifier("CosFault", "CosErrorResponse"),
  identifier("silentClient", "dryRunClient"),
  identifier("isAmbiguous", "outcomeOf"),
  identifier("untold", "unreported"),
];

/**
 * Places where a word is right. `path` is a file, `text` a part of the line, `why` the reason.
 * @type {readonly { path: string, word: string, text: string, why: string }[]}
 */
export const ALLOWED = [];

/** Texts of others, and this table and its test, which contain the words. */
export const NOT_OURS = [
  "package-lock.json",
  "bench/peers/package-lock.json",
  "bench/size/package-lock.json",
  "tools/docs/package-lock.json",
  "tools/mutation/package-lock.json",
  "tools/runtimes/package-lock.json",
  "tools/workers/package-lock.json",
  "bench/results",
  "scripts/licenses",
  "scripts/words.mjs",
  "test/docs/document.json",
  "test/docs/words.test.ts",
  "test/fixtures/tls",
];

/**
 * @typedef {object} Finding
 * @property {number} line
 * @property {string} word
 * @property {string} use
 */

/**
 * Returns every word of the table in a text, except those that ALLOWED permits in this path.
 * @param {string} path from the root
 * @param {string} text
 * @returns {Finding[]}
 */
export function findWords(path, text) {
  return text.split("\n").flatMap((line, index) => {
    const split = line.replace(/([a-z\d])(?=[A-Z])|_/g, "$1 ");
    return WORDS.filter(({ pattern, identifier }) => pattern.test(identifier ? line : split))
      .filter(({ name }) => !isAllowed(path, name, line))
      .map(({ name, use }) => ({ line: index + 1, word: name, use }));
  });
}

/** @param {string} path @param {readonly string[]} folders files or folders */
export function isBelow(path, folders) {
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
}

/** @param {string} path @param {string} name @param {string} line */
function isAllowed(path, name, line) {
  return ALLOWED.some((one) => one.path === path && one.word === name && line.includes(one.text));
}
