import { ServiceError } from "@cosup/core";
import type { ContractCase, Rig } from "./contract.ts";
import { MB, noise, streamOf } from "./fixtures/bytes.ts";
import { type Plan, pass, refuses, Script } from "./fixtures/faults.ts";
import { LENGTH, small } from "./fixtures/interrupted.ts";
import { memoryCheckpoints } from "./fixtures/memory-checkpoints.ts";
import { quickClock } from "./fixtures/quick-clock.ts";
import { virtualFile, withFiles } from "./fixtures/runtimes.ts";
import { expectStored } from "./fixtures/stored.ts";

/** The Content-Type of the request that describes the object: a PUT, an Initiate, or an append. */
async function typeSent(
  rig: Rig,
  extension: string,
  upload: (client: Rig["client"], object: { Bucket: string; Key: string }) => Promise<unknown>,
  options = {},
): Promise<string | undefined> {
  const script = new Script();
  const files = { "/tmp/page.html": virtualFile(noise(10)), "/tmp/page": virtualFile(noise(10)) };
  const client = rig.createClient(options, (runtime) => script.wrap(withFiles(files)(runtime)));
  await upload(client, { Bucket: rig.Bucket, Key: rig.uniqueKey("typed") + extension });
  const describing = ["PutObject", "InitiateMultipartUpload", "AppendObject"];
  return script.sent.find(({ kind }) => describing.includes(kind))?.headers["content-type"];
}

type Row = readonly [
  what: string,
  expected: string | undefined,
  ...(Parameters<typeof typeSent> extends [Rig, ...infer Rest] ? Rest : never),
];

const html = "text/html";
const rows: readonly Row[] = [
  ["bytes, by the key", html, ".html", (c, o) => c.putObject({ ...o, Body: noise(3) })],
  ["a string, by the key", "application/json", ".json", (c, o) => c.uploadFile({ ...o, Body: "{}" })],
  ["the key in capitals", "image/png", ".PNG", (c, o) => c.putObject({ ...o, Body: noise(3) })],
  ["a stream, by the key", "video/mp4", ".mp4", (c, o) => c.uploadFile({ ...o, Body: streamOf(noise(9)) })],
  [
    "bytes in parts, by the key",
    "application/zip",
    ".zip",
    (c, o) => c.uploadFile({ ...o, Body: noise(20 * MB + 1), PartSize: 8 }),
  ],
  [
    "a Blob with a type, whatever the key says",
    "text/x-mine",
    ".html",
    (c, o) => c.putObject({ ...o, Body: new Blob(["x"], { type: "text/x-mine" }) }),
  ],
  ["a Blob without a type", html, ".html", (c, o) => c.putObject({ ...o, Body: new Blob(["x"]) })],
  [
    "a File without a type, by its name",
    "text/css",
    "",
    (c, o) => c.putObject({ ...o, Body: new File(["x"], "site.css") }),
  ],
  [
    "a local file, by its name",
    html,
    "",
    (c, o) => c.putObjectFromLocalFile({ ...o, LocalFilePath: "/tmp/page.html" }),
  ],
  [
    "a file: URL, by its name",
    html,
    "",
    (c, o) => c.uploadFile({ ...o, LocalFilePath: new URL("file:///tmp/page.html") }),
  ],
  ["a path as the body", html, "", (c, o) => c.uploadFile({ ...o, Body: { path: "/tmp/page.html" } })],
  [
    "a local file, by the key first",
    "text/plain",
    ".txt",
    (c, o) => c.uploadFile({ ...o, LocalFilePath: "/tmp/page.html" }),
  ],
  ["a first append", "text/plain", ".log", (c, o) => c.appendObject({ ...o, Position: 0, Data: "x" })],
  ["what no name tells", undefined, "", (c, o) => c.uploadFile({ ...o, LocalFilePath: "/tmp/page" })],
  ["an unknown extension", undefined, ".constructor", (c, o) => c.putObject({ ...o, Body: "x" })],
  [
    "ContentType",
    "text/x-mine",
    ".html",
    (c, o) => c.putObject({ ...o, Body: "x", ContentType: "text/x-mine" }),
  ],
  [
    "the header by its own name",
    "text/x-mine",
    ".html",
    (c, o) => c.putObject({ ...o, Body: "x", headers: { "Content-Type": "text/x-mine" } }),
  ],
  [
    "inferContentType: false",
    undefined,
    ".html",
    (c, o) => c.putObject({ ...o, Body: "x", inferContentType: false }),
  ],
  [
    "a client that infers none",
    undefined,
    ".html",
    (c, o) => c.putObject({ ...o, Body: "x" }),
    { inferContentType: false },
  ],
  [
    "a client with a table of its own",
    "text/x-html",
    ".html",
    (c, o) => c.putObject({ ...o, Body: "x" }),
    { inferContentType: (extension: string) => `text/x-${extension}` },
  ],
  [
    "a call that infers, of a client that does not",
    html,
    ".html",
    (c, o) => c.putObject({ ...o, Body: "x", inferContentType: true }),
    { inferContentType: false },
  ],
];

const types = rows.map(
  ([what, expected, ...rest]): ContractCase => ({
    name: `the Content-Type of ${what} is ${expected ?? "left to COS"}`,
    run: async (t, rig) => t.equal(await typeSent(rig, ...rest), expected, "content-type"),
  }),
);

/** A File whose second part is refused, and which is then uploaded again by another method. */
async function interrupted(rig: Rig, first: object) {
  const checkpoints = memoryCheckpoints();
  const warnings: string[] = [];
  const bytes = noise(LENGTH);
  const Key = `${rig.uniqueKey("typed")}.html`;
  const upload = (how: object, plan: Plan = {}) => {
    const script = new Script(plan);
    const client = rig.createClient({}, (runtime) => script.wrap(small(runtime)), quickClock());
    return client.uploadFile({
      Bucket: rig.Bucket,
      Key,
      Body: new File([bytes], "big", { lastModified: 1_700_000_000_000 }),
      PartSize: 8,
      MAXThread: 1,
      checkpoints,
      onWarning: ({ code }) => warnings.push(code),
      ...how,
    });
  };
  const begun = upload(first, { UploadPart: [pass, refuses(403, "AccessDenied")] });
  await begun.then(
    () => {
      throw new Error("the first attempt was to fail");
    },
    (error: unknown) => {
      if (!(error instanceof ServiceError)) throw error;
    },
  );
  return { again: (how: object) => upload(how), warnings, bytes, Key };
}

const resumed = (
  [
    ["without a type goes on when one is inferred now", { inferContentType: false }, {}],
    ["with an inferred type goes on when none is inferred now", {}, { inferContentType: false }],
    ["with the type that is inferred now goes on", { ContentType: html }, {}],
  ] as const
).map(
  ([what, first, second]): ContractCase => ({
    name: `an upload that was begun ${what}`,
    run: async (t, rig) => {
      const state = await interrupted(rig, first);
      const result = await state.again(second);
      t.equal(result.partsResumed, 1, "partsResumed");
      t.deepEqual(state.warnings, [], "warnings");
      await expectStored(t, rig, state.Key, state.bytes);
    },
  }),
);

export const cases: readonly ContractCase[] = [
  ...types,
  ...resumed,
  {
    name: "an upload that was initiated with another Content-Type starts from the beginning",
    run: async (t, rig) => {
      const state = await interrupted(rig, {});
      const result = await state.again({ ContentType: "text/x-mine" });
      t.equal(result.partsResumed, 0, "partsResumed");
      t.deepEqual(state.warnings, ["resume-discarded"], "warnings");
    },
  },
];
