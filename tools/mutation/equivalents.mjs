// Equivalent mutants: no test can distinguish them from the code. `line` is part of the line where the mutant begins,
// `code` the replaced code, `becomes` the replacement. An absent field matches anything.
const http = "packages/core/src/http/";
const upload = "packages/core/src/upload/";
const files = "packages/core/src/files/";
const checkpoints = "packages/node/src/checkpoints/";

const THERE_ALREADY = "it is there wherever this runs; the question mark is for the types";
const NOT_JSON = "without a value there is nothing usable either";
const BUFFER = "JSON.parse reads a Buffer as its text";
const CAUGHT = "the failure is caught";
const UNREADABLE = "any text that is no lock will do";

export const equivalents = [
  {
    file: "packages/core/src/auth/canonical.ts",
    line: "sorted.sort((a, b) => Number(a[0] > b[0]) - Number(a[0] < b[0]));",
    code: "a[0] > b[0]",
    why: "the sort only asks whether a name comes before another",
  },
  {
    file: "packages/core/src/auth/canonical.ts",
    line: "if (pairs.length === 0) return EMPTY;",
    becomes: "false",
    why: "the sorted list is empty then, too; the check is for the speed",
  },
  {
    file: `${upload}put-with-outcome-check.ts`,
    line: 'if (decision === "published" && object !== undefined) return object;',
    code: "object !== undefined",
    becomes: "true",
    why: "what was published is there; the check is for the types",
  },
  {
    file: `${http}retry-decision.ts`,
    line: "if (!(failure instanceof ServiceError) || response === undefined) return false;",
    why: "a ServiceError always has its response; only a ServiceError can be corrected",
  },
  {
    file: `${http}retry-decision.ts`,
    line: "if (response === undefined || response.status === 407) return false;",
    code: "response === undefined",
    becomes: "false",
    why: "what is no TransportError has its response",
  },
  {
    file: `${http}deadline.ts`,
    line: "const seconds = limitMs < 10_000 ? limitMs / 1000 : Math.round(limitMs / 1000);",
    becomes: "limitMs <= 10_000",
    why: "both texts of 10 s are the same",
  },
  {
    file: `${http}deadline.ts`,
    line: 'this.#phase = "queued";',
    code: '"queued"',
    why: "only new, sending and over are compared",
  },
  {
    file: `${http}attempt.ts`,
    line: "if (spec.signal?.aborted) return spec.signal.reason;",
    becomes: "false",
    why: "the deadline has ended with the same reason",
  },
  {
    file: `${http}attempt.ts`,
    line: "if (body !== null) deadline.handOver();",
    becomes: "true",
    why: "without a body, the deadline is released at once",
  },
  {
    file: `${http}service-error.ts`,
    line: 'return seconds === undefined ? Date.parse(headers.get("date") ?? "") : seconds * 1000;',
    code: '""',
    why: "neither text is a date",
  },
  {
    file: `${upload}load-checkpoint.ts`,
    line: "if (text === undefined || decodeCheckpoint(text)?.version !== 1) return undefined;",
    code: "text === undefined",
    becomes: "false",
    why: NOT_JSON,
  },
  {
    file: `${upload}lock-checkpoint.ts`,
    line: "locking.then((late) => late?.release()).catch(() => {});",
    code: "late?.release",
    why: CAUGHT,
  },
  {
    file: `${upload}multipart.ts`,
    line: 'let end: SessionEnd = "kept";',
    code: '"kept"',
    why: "what is neither stored nor gone is kept",
  },
  {
    file: `${upload}checkpoint-codec.ts`,
    line: "} catch {",
    why: NOT_JSON,
  },
  {
    file: `${upload}stored-parts.ts`,
    line: "if (crc64 === undefined || size === 0 || size !== length) continue;",
    code: "size === 0",
    why: "no part of a plan is empty",
  },
  {
    file: `${upload}checkpoint-session.ts`,
    line: 'id: this.#locked?.id ?? "",',
    code: '""',
    why: "without a store the id is not used",
  },
  {
    file: `${upload}part-in-blocks.ts`,
    line: "this.#attempt += 1;",
    why: "any other number will do",
  },
  {
    file: `${checkpoints}default-directory.ts`,
    line: "} catch {",
    becomes: "{}",
    why: "without a return, the result is undefined as well",
  },
  {
    file: `${upload}content-md5.ts`,
    line: "if (given === undefined || md5 === undefined) return;",
    code: "md5 === undefined",
    becomes: "false",
    why: "a requested MD5 is there; the check is for the types",
  },
  {
    file: `${upload}verify.ts`,
    line: 'const expected = md5 === undefined ? "" : toHex(md5);',
    why: "a requested MD5 is there; the check is for the types",
  },
  {
    file: `${files}lock-format.ts`,
    line: "} catch {",
    why: NOT_JSON,
  },
  {
    file: `${files}lock-format.ts`,
    line: 'typeof content === "object" &&',
    becomes: "true",
    why: "no number, text or boolean has a pid",
  },
  {
    file: `${files}lock-format.ts`,
    line: '/^[0-9a-f]{1,32}$/.test(content.token ?? "");',
    code: '""',
    why: "neither text is a token",
  },
  {
    file: `${checkpoints}lock-owner.ts`,
    line: '/stat`, "utf8").catch(() => "")',
    code: '""',
    why: "neither text has twenty fields",
  },
  {
    file: `${checkpoints}file-lock.ts`,
    line: 'await writeFile(draft, formatLock(owner), { mode: 0o600, flag: "wx" });',
    code: '"wx"',
    why: "the name of a draft holds 64 random bits",
  },
  {
    file: `${checkpoints}file-lock.ts`,
    line: 'if (parseLock(head.toString("utf8", 0, bytesRead))?.token !== token) return false;',
    becomes: 'parseLock(head.toString("utf8", 0, bytesRead)).token',
    why: CAUGHT,
  },
  {
    file: `${checkpoints}file-lock.ts`,
    line: "} catch {",
    becomes: "{}",
    why: "what is not true is not shown",
  },
  {
    file: `${checkpoints}lock-owner.ts`,
    line: "return state === undefined ? null : {",
    code: "state === undefined",
    becomes: "false",
    why: CAUGHT,
  },
  {
    file: `${checkpoints}lock-owner.ts`,
    line: "} catch {",
    becomes: "{}",
    why: "JSON leaves out what is undefined, and a reader takes that for null",
  },
  {
    file: `${checkpoints}lock-owner.ts`,
    line: "return state !== undefined && state.start !== task.start;",
    code: "state !== undefined",
    becomes: "true",
    why: "the TypeError is caught, and says nothing about the thread",
  },
  {
    file: `${checkpoints}file-lock.ts`,
    line: 'const [text, stats, now] = [await readFile(path, "utf8"), await stat(path), await stat(draft)];',
    code: '"utf8"',
    why: BUFFER,
  },
  {
    file: `${files}lock-format.ts`,
    line: 'export const UNREADABLE_TOKEN = "unreadable";',
    code: '"unreadable"',
    why: "all who find it name it alike",
  },
  {
    file: `${checkpoints}file-lock.ts`,
    line: 'const text = await withDescriptor(() => readFile(path, "utf8")).catch(() => "");',
    code: '"utf8"',
    why: BUFFER,
  },
  {
    file: `${checkpoints}file-lock.ts`,
    line: 'const text = await withDescriptor(() => readFile(path, "utf8")).catch(() => "");',
    why: UNREADABLE,
  },
  {
    file: `${upload}resolve-complete.ts`,
    line: 'if (decision !== "published" || object === undefined) {',
    code: "object === undefined",
    becomes: "false",
    why: "what was published is there; the check is for the types",
  },
  {
    file: `${upload}plan.ts`,
    line: "if (partSize < 0)",
    becomes: "partSize <= 0",
    why: "no part of a plan is empty",
  },
  {
    file: `${upload}part-reader.ts`,
    line: "if (partNumber > plan.partCount) return;",
    becomes: "false",
    why: "beyond the last part there are no bytes, and such a part is none",
  },
  {
    file: `${upload}part-reader.ts`,
    line: "if (core !== this.#core) this.#options?.onOversize?.(bytes.length);",
    code: "this.#options?.onOversize",
    why: THERE_ALREADY,
  },
  {
    file: `${upload}block-part-reader.ts`,
    line: "const reader = await source.openBlocks?.(signal);",
    code: "source.openBlocks?.(signal)",
    why: THERE_ALREADY,
  },
  {
    file: `${upload}stream-filler.ts`,
    line: "if (!watch.interrupted) return { filled, ended: true, yields: false };",
    code: "false",
    becomes: "true",
    why: "a stream that has ended is not asked whether it yields",
  },
  {
    file: `${upload}initiate.ts`,
    line: "if (error instanceof CosError) target.repeats",
    code: "error instanceof CosError",
    becomes: "true",
    why: "only a CosError is repeated; the check is for the types",
  },
  {
    file: `${upload}send-parts.ts`,
    line: "const md5 = context.enableMd5 ? digest?.md5 : undefined;",
    code: "digest?.md5",
    why: "with EnableMD5, every part is digested before it is sent",
  },
  {
    file: `${upload}rewound.ts`,
    line: "if (start >= first.length) {",
    becomes: "start > first.length",
    why: "the memory is freed one read later",
  },
];
