import type { Random } from "./random.ts";

/** What a request asks for, before it is signed. */
export interface Plan {
  method: string;
  /** Decoded. */
  key: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: Buffer | undefined;
}

/** Uploads that are open, so that some requests reach their operation. */
export interface World {
  readonly bucket: string;
  readonly uploadId: string;
}

const KEYS = ["a", "b/c", "d e+f", "中/ö", "open"];
const COMPLETE =
  '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"0cc175b9c0f1b6a831c399e269772661"</ETag></Part></CompleteMultipartUpload>';
const DELETE =
  "<Delete><Quiet>false</Quiet><Object><Key>a</Key></Object><Object><Key>b/c</Key></Object></Delete>";
const TAGS = "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>";
const ACL =
  '<AccessControlPolicy><Owner><ID>o</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi="x" xsi:type="CanonicalUser"><ID>i</ID></Grantee><Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>';

const VERSIONING = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
const RESTORE =
  "<RestoreRequest><Days>1</Days><CASJobParameters><Tier>Expedited</Tier></CASJobParameters></RestoreRequest>";
const LIFECYCLE =
  "<LifecycleConfiguration><Rule><ID>r</ID><Filter><And><Prefix>tmp/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></And></Filter><Status>Enabled</Status><Expiration><Days>1</Days></Expiration><AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule></LifecycleConfiguration>";
const CORS =
  "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>PUT</AllowedMethod></CORSRule></CORSConfiguration>";
const FORM =
  '--b\r\nContent-Disposition: form-data; name="key"\r\n\r\nform\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\ncontent\r\n--b--\r\n';
/** As long as a version id, and of its form. */
const VERSION = "MTg0NDUxNTc1NjIzMTQ1MDAwODg";

type Draft = Partial<Omit<Plan, "body">> & { readonly body?: string };

/** One valid request of each kind. */
function drafts(random: Random, { bucket, uploadId }: World): readonly Draft[] {
  const key = random.pick(KEYS);
  const copy = { "x-cos-copy-source": `${bucket}.cos.ap-guangzhou.myqcloud.com/a` };
  const part = { partNumber: "1", uploadId };
  return [
    { method: "PUT", key, body: "content" },
    {
      method: "PUT",
      key,
      headers: { "x-cos-meta-a": "1", "x-cos-acl": "private", "x-cos-tagging": "k=v" },
      body: "x",
    },
    { method: "PUT", key, headers: copy },
    { method: "GET", key },
    { method: "GET", key, headers: { range: "bytes=1-3" } },
    { method: "HEAD", key },
    { method: "DELETE", key },
    { method: "POST", key: "log", query: { append: "", position: "0" }, body: "line" },
    { method: "POST", key, query: { uploads: "" } },
    { method: "PUT", key: "open", query: part, body: "a" },
    { method: "PUT", key: "open", query: part, headers: copy },
    { method: "GET", key: "open", query: { uploadId } },
    { method: "POST", key: "open", query: { uploadId }, body: COMPLETE },
    { method: "PUT", key, query: { tagging: "" }, body: TAGS },
    { method: "GET", key, query: { tagging: "" } },
    { method: "DELETE", key, query: { tagging: "" } },
    { method: "PUT", key, query: { acl: "" }, body: ACL },
    { method: "GET", key, query: { acl: "" } },
    { method: "GET", key: "", query: { prefix: "a", "max-keys": "2" } },
    { method: "GET", key: "", query: { "list-type": "2", delimiter: "/" } },
    { method: "GET", key: "", query: { uploads: "" } },
    { method: "GET", key: "", query: { location: "" } },
    { method: "GET", key: "", query: { acl: "" } },
    { method: "POST", key: "", query: { delete: "" }, body: DELETE },
    { method: "HEAD", key: "" },
    { method: "PUT", key: "" },
    { method: "GET", key: "", query: { versioning: "" } },
    { method: "PUT", key: "", query: { versioning: "" }, body: VERSIONING },
    { method: "GET", key: "", query: { versions: "", "key-marker": "a", "version-id-marker": VERSION } },
    { method: "GET", key, query: { versionId: "null" } },
    { method: "DELETE", key, query: { versionId: VERSION } },
    { method: "PUT", key: "cold", headers: { "x-cos-storage-class": "ARCHIVE" }, body: "cold" },
    { method: "POST", key: "cold", query: { restore: "" }, body: RESTORE },
    { method: "PUT", key: "", query: { lifecycle: "" }, body: LIFECYCLE },
    { method: "GET", key: "", query: { lifecycle: "" } },
    { method: "DELETE", key: "", query: { lifecycle: "" } },
    { method: "PUT", key: "", query: { acl: "" }, body: ACL },
    { method: "PUT", key: "", query: { cors: "" }, body: CORS },
    { method: "GET", key: "", query: { cors: "" } },
    { method: "POST", key: "", headers: { "content-type": "multipart/form-data; boundary=b" }, body: FORM },
    { method: "OPTIONS", key, headers: { origin: "http://a", "access-control-request-method": "PUT" } },
  ];
}

export function planFrom(random: Random, world: World): Plan {
  const draft = random.pick(drafts(random, world));
  return {
    method: draft.method ?? "GET",
    key: draft.key ?? "",
    query: { ...draft.query },
    headers: { ...draft.headers },
    body: draft.body === undefined ? undefined : Buffer.from(draft.body),
  };
}
