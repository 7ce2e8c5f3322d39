// Equivalent mutants: no test can distinguish them from the code. `line` is part of the line where the mutant begins,
// `code` the replaced code, `becomes` the replacement. An absent field matches anything.
const http = "packages/core/src/http/";
const upload = "packages/core/src/upload/";
const files = "packages/core/src/files/";
const checkpoints = "packages/node/src/checkpoints/";

const UNDEFINED_COMPARES = "no comparison with undefined holds; the check is for the types";
const THERE_ALREADY = "it is there wherever this runs; the question mark is for the types";
const NOT_JSON = "without a value there is nothing usable either";
const BUFFER = "JSON.parse reads a Buffer as its text";
const UNREADABLE = "any text that is no lock will do";

const MEMORY = "what is remembered only saves time";

export const equivalents = [
  {
    file: "packages/core/src/auth/canonical.ts",
    line: "if (pairs.length === 0) return EMPTY;",
    becomes: "false",
    why: "nothing makes the same empty texts",
  },
  {
    file: "packages/core/src/auth/canonical.ts",
    line: "sorted.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));",
    why: "a sort asks only which is smaller, and no name comes twice",
  },
  {
    file: "packages/core/src/auth/canonical.ts",
    line: "if (encoded === undefined) {",
    becomes: "true",
    why: MEMORY,
  },
  {
    file: "packages/core/src/auth/canonical.ts",
    line: "if (remembered.size < MAX_REMEMBERED) remembered.set(name, encoded);",
    why: MEMORY,
  },
  {
    file: "packages/core/src/auth/signed-headers.ts",
    line: 'if (SIGNED.has(name) || name.startsWith("x-cos-")) return true;',
    why: "the next lines ask the same of any spelling; this one only saves time",
  },
  {
    file: "packages/core/src/auth/sign.ts",
    line: '= "";',
    code: '""',
    why: "the first request replaces what no key is made of",
  },
  {
    file: "packages/core/src/auth/sign.ts",
    line: "if (this.#isNew(secretKey, keyTime) || this.#hmacKey === undefined) {",
    code: "this.#hmacKey === undefined",
    becomes: "false",
    why: "no secret is empty, so the first request is new",
  },
  {
    file: `${upload}put-with-outcome-check.ts`,
    line: 'if (decision === "published" && object !== undefined) return object;',
    code: "object !== undefined",
    becomes: "true",
    why: "what was published is there; the check is for the types",
  },
  {
    file: `${upload}put-with-outcome-check.ts`,
    line: "const { crc64 } = await (await digestCoreFor(0)).digest(body, false);",
    code: "false",
    why: "an MD5 that is not looked at",
  },
  {
    file: `${http}backoff.ts`,
    line: "if (retryAfterMs !== undefined && retryAfterMs > 0) {",
    becomes: "true",
    why: UNDEFINED_COMPARES,
  },
  {
    file: `${http}retry.ts`,
    line: "if (response.status >= 200 && response.status < 300) {",
    code: "response.status >= 200",
    why: "no runtime resolves with a status below 200",
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
    file: `${http}retry.ts`,
    line: "spec.signal?.throwIfAborted();",
    why: THERE_ALREADY,
  },
  {
    file: `${http}retry.ts`,
    line: "if (turn !== undefined) await turn;",
    becomes: "true",
    why: "a wait for nothing",
  },
  {
    file: `${http}retry.ts`,
    line: "if (credentials === undefined || spec.signal?.aborted || !isOurs) throw error;",
    code: "spec.signal?.aborted",
    becomes: "spec.signal.aborted",
    why: THERE_ALREADY,
  },
  {
    file: `${http}retry.ts`,
    line: "if (delayMs > 0) await sleep(context.clock, delayMs, spec.signal);",
    why: "a sleep of nothing",
  },
  {
    file: `${http}deadline.ts`,
    line: "this.#stopListening = onAbort(spec.signal, () => this.#end(spec.signal?.reason));",
    code: "spec.signal?.reason",
    why: THERE_ALREADY,
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
    line: "if (spec.signal?.aborted) return spec.signal.reason;",
    code: "spec.signal?.aborted",
    why: THERE_ALREADY,
  },
  {
    file: `${http}attempt.ts`,
    line: "spec.signal?.throwIfAborted();",
    why: THERE_ALREADY,
  },
  {
    file: `${http}attempt.ts`,
    line: 'const headers: Record<string, string> = { authorization, "user-agent": "", ...given };',
    code: '""',
    why: "the next line sets it",
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
    why: "the failure is caught",
  },
  {
    file: `${upload}multipart.ts`,
    line: 'let end: SessionEnd = "kept";',
    code: '"kept"',
    why: "what is neither stored nor gone is kept",
  },
  {
    file: `${upload}initiate.ts`,
    line: "if (!(error instanceof CosError)) return false;",
    why: "what is no CosError was not sent, so it is not asked about",
  },
  {
    file: `${upload}complete.ts`,
    line: "if (context.signal.aborted || !(error instanceof CosError) || error instanceof IntegrityError)",
    code: "!(error instanceof CosError)",
    becomes: "false",
    why: "what is no CosError was not sent, and fails in any case",
  },
  {
    file: `${upload}checkpoint-codec.ts`,
    line: "} catch {",
    why: NOT_JSON,
  },
  {
    file: `${upload}checkpoint-codec.ts`,
    line: 'return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;',
    code: 'typeof value === "number"',
    why: "Number.isSafeInteger() of anything else is false",
  },
  {
    file: `${upload}stored-parts.ts`,
    line: "if (crc64 === undefined || size === 0 || size !== length) continue;",
    code: "size === 0",
    why: "no part of a plan is empty",
  },
  {
    file: `${upload}run-workers.ts`,
    line: "const leave = onAbort(signal, () => stop(signal?.reason));",
    why: THERE_ALREADY,
  },
  {
    file: `${upload}resume.ts`,
    line: "return Object.entries(keptHeaders(headers)).sort(([a], [b]) => (a < b ? -1 : 1));",
    why: "both sides are sorted in the same way, and no name comes twice",
  },
  {
    file: `${upload}checkpoint-session.ts`,
    line: 'id: this.#locked?.id ?? "",',
    code: '""',
    why: "without a store the id is not used",
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
    line: '/stat`, "utf8").catch(() => "");',
    code: '""',
    why: "neither text has twenty fields",
  },
  {
    file: `${files}file-checkpoints.ts`,
    line: "await Promise.all(drafts.map((name) => fileSystem.remove(joinPath(fileSystem, directory, name))));",
    why: "a sweep that fails is ignored",
  },
  {
    file: `${checkpoints}file-lock.ts`,
    line: 'await writeFile(draft, formatLock(owner), { mode: 0o600, flag: "wx" });',
    code: '"wx"',
    why: "the name of a draft holds 64 random bits",
  },
  {
    file: `${checkpoints}file-lock.ts`,
    line: "await rm(draft, { force: true }).catch(() => {});",
    why: "what fails here is ignored",
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
    file: `${upload}begin-parts.ts`,
    line: 'if (resumed !== undefined && "completed" in resumed) return resumed;',
    code: 'resumed !== undefined && "completed" in resumed',
    becomes: "false",
    why: "a stream of unknown length cannot be compared with the object; the check is for the types",
  },
  {
    file: `${upload}begin-parts.ts`,
    line: 'if (resumed !== undefined && "completed" in resumed) return resumed;',
    code: '"completed"',
    why: "a stream of unknown length cannot be compared with the object; the check is for the types",
  },
  {
    file: `${upload}resolve-complete.ts`,
    line: 'if (decision !== "published" || object === undefined) {',
    code: "object === undefined",
    becomes: "false",
    why: "what was published is there; the check is for the types",
  },
  {
    file: `${upload}read-range.ts`,
    line: "if (bytes.buffer !== into.buffer) into.set(bytes, filled);",
    becomes: "true",
    why: "bytes that are copied onto themselves stay the same",
  },
  {
    file: `${upload}part-reader.ts`,
    line: "if (this.#nextNumber > plan.partCount) return undefined;",
    becomes: "false",
    why: "beyond the last part there are no bytes, and such a part is none",
  },
  {
    file: `${upload}part-reader.ts`,
    line: "if (size === undefined) return;",
    becomes: "false",
    why: UNDEFINED_COMPARES,
  },
  {
    file: `${upload}part-reader.ts`,
    line: "if (core !== this.#core) this.#options?.onOversize?.(bytes.length);",
    code: "this.#options?.onOversize",
    why: THERE_ALREADY,
  },
  {
    file: `${upload}stream-filler.ts`,
    line: "this.#source.interrupt?.();",
    why: THERE_ALREADY,
  },
  {
    file: `${upload}rewound.ts`,
    line: "if (start >= first.length) {",
    becomes: "start > first.length",
    why: "the memory is freed one read later",
  },
  {
    file: `${upload}rewound.ts`,
    line: "interrupt: () => source.interrupt?.()",
    code: "source.interrupt?.()",
    why: THERE_ALREADY,
  },
  {
    file: `${upload}put-whole.ts`,
    line: "const crc64 = async (): Promise<bigint> => (await core.digest(bytes, false)).crc64;",
    code: "false",
    why: "an MD5 that is not looked at",
  },
  {
    file: `${upload}uploader.ts`,
    line: "if (first !== undefined && !stream.reader.ended) {",
    code: "first !== undefined",
    becomes: "true",
    why: "a stream that has no bytes has an empty first part; the check is for the types",
  },
  {
    file: `${upload}uploader.ts`,
    line: "const bytes = first?.bytes ?? new Uint8Array(0);",
    code: "first?.bytes",
    why: THERE_ALREADY,
  },
  {
    file: `${upload}uploader.ts`,
    line: "return onePut(await putBytes(job, bytes, first?.core ?? stream.core));",
    code: "first?.core",
    why: THERE_ALREADY,
  },
  {
    file: `${upload}uploader.ts`,
    line: "first?.release();",
    code: "first?.release",
    why: THERE_ALREADY,
  },
  {
    file: `${upload}begin-parts.ts`,
    line: 'source.access === "sequential" ? new StreamLengths(size, partSize, partSize, dependencies) : undefined;',
    code: 'source.access === "sequential"',
    becomes: "true",
    why: "a source with random access has no use for them",
  },
  {
    file: `${upload}begin-parts.ts`,
    line: "size === undefined",
    code: "size === undefined",
    becomes: "true",
    why: "a stream of declared length that comes here has ended in its first part",
  },
  {
    file: `${upload}begin-parts.ts`,
    line: "if (source.size === undefined) lengths.first = partSize;",
    becomes: "true",
    why: "a stream of declared length that comes here has ended in its first part",
  },
  {
    file: `${upload}begin-parts.ts`,
    line: "if (lengths.of(1) === first.bytes.length) return streaming;",
    becomes: "false",
    why: "the first part is only read again",
  },
  {
    file: `${upload}resume.ts`,
    line: "if (checkpoint.size !== null && partCount(checkpoint.size, checkpoint.partSize) > MAX_PARTS)",
    code: "checkpoint.size !== null",
    why: "nothing is one part; the check is for the types",
  },
  {
    file: `${upload}stored-headers.ts`,
    line: '!DEFAULT_CLASSES.has(storedValue(stored, "x-cos-storage-class") ?? "")',
    code: '""',
    why: "a storage class always has a value; the text is for the types",
  },
];
