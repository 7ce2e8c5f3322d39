import type { ContractCase, Rig } from "./contract.ts";
import { textBytes } from "./fixtures/bytes.ts";
import { Script } from "./fixtures/faults.ts";
import { expectStored } from "./fixtures/stored.ts";

type KeyMaker = (unique: string) => string;
const inside =
  (rest: string): KeyMaker =>
  (unique) =>
    `${unique}/${rest}`;

/** Keys that are difficult to encode in a URL, a signature or XML. */
const KEYS: readonly (readonly [what: string, make: KeyMaker])[] = [
  ["Chinese", inside("中文/目录/图片.jpg")],
  ["Arabic and Hebrew", inside("مرحبا/שלום.txt")],
  ["emoji, joined and skin-toned", inside("🎉 👩‍👩‍👧 👍🏽.png")],
  ["spaces, at the ends too", inside(" a b  c ")],
  ["a plus", inside("a+b+c")],
  ["a percent sign", inside("100%")],
  ["what looks percent-encoded", inside("%41%2F%e4%zz")],
  ["a question mark, hash and ampersand", inside("a?b#c&d=e")],
  ["a query's name", inside("?uploads&acl&partNumber=1")],
  ["double slashes", inside("a//b///c")],
  ["dot segments", inside("./a/../b/.")],
  ["three dots and hidden names", inside(".../.hidden/..x/x..")],
  ["sub-delimiters", inside("x!'()*~-_.@:;,$[]{}|^`\"<>.bin")],
  ["a backslash", inside("back\\slash")],
  ["what XML escapes", inside("a&amp;b <tag> ]]> &#65; \"'")],
  ["tab and line feed", inside("tab\tline\nend")],
  ["numbers and words of JavaScript", inside("007/1e3/true/null/__proto__/constructor")],
  ["full-width dots and slash", inside("．．／x")],
  ["a zero-width joiner and a byte order mark", inside("a\u200db\ufeff")],
  ["a slash at the end", inside("folder/")],
  ["a leading './'", (unique) => `./${unique}`],
  ["a leading '../'", (unique) => `../${unique}`],
  ["850 bytes of ASCII", (unique) => unique.padEnd(850, "k")],
  ["850 bytes of UTF-8", (unique) => padTo850(unique)],
];

const roundTrips = KEYS.map(
  ([what, make]): ContractCase => ({
    name: `a key with ${what} names one object everywhere`,
    run: async (t, rig) => {
      const { Bucket, client } = rig;
      // A key cannot end in a dot segment.
      const Key = make(rig.uniqueKey("key")).replace(/\/\.$/, "/.d");
      const bytes = textBytes(Key);
      await client.putObject({ Bucket, Key, Body: bytes });
      await expectStored(t, rig, Key, bytes);
      await expectSeenAs(rig, Key, (seen) => t.equal(seen, Key, "the key that COS saw"));
      await client.deleteObject({ Bucket, Key });
    },
  }),
);

const others: readonly ContractCase[] = [
  {
    name: "composed and decomposed letters are two keys",
    run: async (t, rig) => {
      const { Bucket, client } = rig;
      const base = rig.uniqueKey("nf");
      const composed = `${base}-é`.normalize("NFC");
      const decomposed = `${base}-é`.normalize("NFD");
      await client.putObject({ Bucket, Key: composed, Body: "composed" });
      await client.putObject({ Bucket, Key: decomposed, Body: "decomposed" });
      t.bytes(await rig.readObject(composed), textBytes("composed"), "composed");
      t.bytes(await rig.readObject(decomposed), textBytes("decomposed"), "decomposed");
    },
  },
  {
    name: "upper and lower case are two keys",
    run: async (t, rig) => {
      const { Bucket, client } = rig;
      const base = rig.uniqueKey("case");
      await client.putObject({ Bucket, Key: `${base}/A`, Body: "upper" });
      await client.putObject({ Bucket, Key: `${base}/a`, Body: "lower" });
      t.bytes(await rig.readObject(`${base}/A`), textBytes("upper"), "upper");
    },
  },
  {
    name: "'a/b', 'a//b' and 'a/./b' are three keys",
    run: async (t, rig) => {
      const { Bucket, client } = rig;
      const base = rig.uniqueKey("slashes");
      const keys = [`${base}/b`, `${base}//b`, `${base}/./b`];
      for (const Key of keys) await client.putObject({ Bucket, Key, Body: Key });
      for (const Key of keys) t.bytes(await rig.readObject(Key), textBytes(Key), Key);
    },
  },
  {
    name: "a directory is an empty object whose key ends in a slash",
    run: async (t, rig) => {
      const { Bucket, client } = rig;
      const Key = `${rig.uniqueKey("folder")}/`;
      await client.putObject({ Bucket, Key, Body: "" });
      t.equal((await client.headObject({ Bucket, Key })).ContentLength, 0, "ContentLength");
    },
  },
  {
    name: "no runtime collapses the dot segments of a key on the wire",
    run: async (t, rig) => {
      const script = new Script();
      const client = rig.createClient({}, script.wrap);
      const Key = `${rig.uniqueKey("dots")}/./b/../c`;
      await client.putObject({ Bucket: rig.Bucket, Key, Body: "x" });
      const [request] = script.sent;
      t.match(request?.url, /\/\.%2Fb\/\.\.%2Fc$/, "url");
      t.equal(new URL(request?.url ?? "").href, request?.url, "the URL after parsing");
    },
  },
];

export const cases: readonly ContractCase[] = [...roundTrips, ...others];

function padTo850(unique: string): string {
  const room = 850 - unique.length;
  return unique + "中".repeat(Math.floor(room / 3)) + "k".repeat(room % 3);
}

/** Initiate returns the key as COS understood it. */
async function expectSeenAs(rig: Rig, Key: string, check: (seen: string) => void): Promise<void> {
  const { Bucket, client } = rig;
  const upload = await client.createMultipartUpload({ Bucket, Key });
  check(upload.Key);
  for await (const { UploadId, Key: listed } of client.eachMultipartUpload({ Bucket, Prefix: Key })) {
    if (UploadId === upload.UploadId) check(listed);
  }
  await client.abortMultipartUpload({ Bucket, Key, UploadId: upload.UploadId });
}
