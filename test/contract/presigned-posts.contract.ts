import { ArgumentRangeError } from "@cosup/core";
import { type GetPresignedPostParameters, getPresignedPost, type PresignedPost } from "@cosup/core/post";
import type { ContractCase, Rig } from "./contract.ts";
import { noise } from "./fixtures/bytes.ts";
import { Script } from "./fixtures/faults.ts";
import { quickClock } from "./fixtures/quick-clock.ts";
import { expectAbsent, expectStored } from "./fixtures/stored.ts";

const FILE = noise(1000);

/** Sends the form as a page does. @param changed fields that the sender changes or adds */
async function send(
  { url, fields }: PresignedPost,
  file: Uint8Array<ArrayBuffer> = FILE,
  changed: Readonly<Record<string, string>> = {},
): Promise<{ status: number; code: string | undefined; text: string }> {
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...fields, ...changed })) form.append(name, value);
  form.append("file", new Blob([file]), "photo 中.jpg");
  const response = await fetch(url, { method: "POST", body: form });
  const text = await response.text();
  return { status: response.status, code: /<Code>(\w+)</.exec(text)?.[1], text };
}

type Rest = Omit<GetPresignedPostParameters, "Bucket">;
const presign = (rig: Rig, parameters: Rest): Promise<PresignedPost> =>
  getPresignedPost(rig.client, { Bucket: rig.Bucket, ...parameters });

export const cases: readonly ContractCase[] = [
  {
    name: "a presigned form uploads a file without credentials",
    run: async (t, rig) => {
      const Key = rig.uniqueKey("form 中 + 100%");
      t.equal((await send(await presign(rig, { Key }))).status, 204, "status");
      await expectStored(t, rig, Key, FILE);
    },
  },
  {
    name: "a presigned form is for its key and its bucket only",
    run: async (t, rig) => {
      const Key = rig.uniqueKey("form");
      const other = rig.uniqueKey("other");
      const post = await presign(rig, { Key });
      t.equal((await send(post, FILE, { key: other })).code, "AccessDenied", "another key");
      await expectAbsent(t, rig, other);
      const url = post.url.replace(rig.Bucket, rig.otherBucket);
      t.ok(url !== post.url, "another URL");
      t.equal((await send({ ...post, url })).code, "AccessDenied", "another bucket");
    },
  },
  {
    name: "a presigned form with a KeyPrefix takes the name of the file, or any key below",
    run: async (t, rig) => {
      const KeyPrefix = `${rig.uniqueKey("forms")}/`;
      const post = await presign(rig, { KeyPrefix });
      t.equal((await send(post)).status, 204, "status");
      await expectStored(t, rig, `${KeyPrefix}photo 中.jpg`, FILE);
      t.equal((await send(post, FILE, { key: `${KeyPrefix}other` })).status, 204, "another key below");
      t.equal(
        (await send(post, FILE, { key: "contract/elsewhere" })).code,
        "AccessDenied",
        "a key elsewhere",
      );
    },
  },
  {
    name: "a presigned form refuses a file that is too small or too large",
    run: async (t, rig) => {
      const Key = rig.uniqueKey("form-length");
      const post = await presign(rig, { Key, ContentLengthRange: [2, 1000] });
      t.equal((await send(post, noise(1))).code, "EntityTooSmall", "1 byte");
      t.equal((await send(post, noise(1001))).code, "EntityTooLarge", "1001 bytes");
      await expectAbsent(t, rig, Key);
      t.equal((await send(post)).status, 204, "1000 bytes");
      t.equal((await send(post, noise(2))).status, 204, "2 bytes");
    },
  },
  {
    name: "a presigned form ends when its time is over",
    run: async (t, rig) => {
      const Key = rig.uniqueKey("form-late");
      const client = rig.createClient({}, undefined, quickClock({ offsetMs: -120_000 }));
      const made = (Expires: number) => getPresignedPost(client, { Bucket: rig.Bucket, Key, Expires });
      t.equal((await send(await made(60))).status, 403, "status after it has expired");
      await expectAbsent(t, rig, Key);
      t.equal((await send(await made(600))).status, 204, "status while it is valid");
    },
  },
  {
    name: "a presigned form fixes its Content-Type, its other fields and its status",
    run: async (t, rig) => {
      const Key = rig.uniqueKey("form-fields");
      const Fields = { "x-cos-meta-user": "42", "Cache-Control": "no-cache", acl: "public-read" };
      const parameters = { Key, ContentType: "image/png", SuccessActionStatus: 201, Fields } as const;
      const post = await presign(rig, parameters);
      const { status, text } = await send(post);
      t.equal(status, 201, "status");
      t.ok(text.includes(`<Key>${Key}</Key>`), "the document");
      const head = await rig.client.headObject({ Bucket: rig.Bucket, Key });
      t.equal(head.ContentType, "image/png", "Content-Type");
      t.equal(head.headers["x-cos-meta-user"], "42", "metadata");
      t.equal(head.headers["cache-control"], "no-cache", "Cache-Control");
      const anonymous = await fetch(`${post.url}${Key}`);
      t.bytes(new Uint8Array(await anonymous.arrayBuffer()), FILE, "a read without credentials");
      for (const name of ["Content-Type", "x-cos-meta-user", "acl", "success_action_status"]) {
        const changed = { [name]: name === "acl" ? "private" : "200" };
        t.equal((await send(post, FILE, changed)).code, "AccessDenied", `another ${name}`);
      }
    },
  },
  {
    name: "a presigned form fulfils the conditions of the call",
    run: async (t, rig) => {
      const Key = rig.uniqueKey("form-conditions");
      const Conditions = [
        ["starts-with", "$Content-Type", "image/"],
        ["eq", "$x-cos-storage-class", "STANDARD_IA"],
      ] as const;
      const post = await presign(rig, { Key, Conditions });
      const stored = { "Content-Type": "image/webp", "x-cos-storage-class": "STANDARD_IA" };
      t.equal(
        (await send(post, FILE, { ...stored, "Content-Type": "text/html" })).code,
        "AccessDenied",
        "type",
      );
      t.equal((await send(post, FILE, { "Content-Type": "image/webp" })).code, "AccessDenied", "class");
      t.equal((await send(post, FILE, stored)).status, 204, "status");
    },
  },
  {
    name: "a presigned form of temporary credentials carries their token, and never the secret",
    run: async (t, rig) => {
      const Key = rig.uniqueKey("form-token");
      const { secretId: SecretId, secretKey: SecretKey, token: Token } = rig.temporary;
      const client = rig.createClient({ SecretId, SecretKey, Token });
      const post = await getPresignedPost(client, { Bucket: rig.Bucket, Key });
      t.equal(post.fields["x-cos-security-token"], Token ?? "", "token");
      t.equal((await send(post)).status, 204, "status");
      const text = JSON.stringify(post) + atob(post.fields.policy ?? "");
      t.equal(text.includes(SecretKey), false, "the secret in the form");
      t.equal((await send(post, FILE, { "x-cos-security-token": "other" })).status, 403, "another token");
    },
  },
  {
    name: "getPresignedPost() sends nothing, and refuses keys that a form could not keep",
    run: async (t, rig) => {
      const { Bucket } = rig;
      const script = new Script();
      const client = rig.createClient({ Endpoint: "http://127.0.0.1:1/{Bucket}" }, script.wrap);
      t.match(
        (await getPresignedPost(client, { Bucket, Key: "k" })).url,
        /^http:\/\/127\.0\.0\.1:1\//,
        "url",
      );
      for (const wrong of [{}, { Key: "k", KeyPrefix: "k" }])
        await t.throws(() => getPresignedPost(client, { Bucket, ...wrong }), TypeError, {
          message: /^Key: /,
        });
      for (const [parameter, value] of [
        ["Key", "\x24{filename}"],
        ["KeyPrefix", ""],
        ["Fields", { Policy: "p" }],
      ] as const) {
        const call = () => getPresignedPost(client, { Bucket, ...{ [parameter]: value } });
        await t.throws(call, ArgumentRangeError, { parameter });
      }
      t.equal(script.sent.length, 0, "requests");
    },
  },
];
