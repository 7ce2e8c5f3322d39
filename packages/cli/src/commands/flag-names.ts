/** The flag that sets each parameter of the client. Error messages name the flag beside the parameter. */
const FLAGS: Readonly<Record<string, string>> = {
  Region: "--region or COS_REGION",
  Endpoint: "--endpoint or COS_ENDPOINT",
  PartSize: "--part-size",
  MAXThread: "--concurrency",
  concurrency: "--files",
  maxAttempts: "--max-attempts",
  proxy: "--proxy",
  responseTimeoutMs: "--timeout",
  bandwidthLimit: "--bwlimit",
  TrafficLimit: "--traffic-limit",
  ACL: "--acl",
  StorageClass: "--storage-class",
  ContentType: "--content-type",
  CacheControl: "--cache-control",
  ContentDisposition: "--content-disposition",
  ContentEncoding: "--content-encoding",
  ContentLanguage: "--content-language",
  Expires: "--expires",
  Metadata: "--meta",
  EnableMD5: "--md5",
  followSymlinks: "--follow-symlinks",
  include: "--include",
  exclude: "--exclude",
  resume: "--resume",
  compare: "--compare",
  maxDelete: "--max-delete",
  skip: "--skip",
  UploadId: "--upload-id",
  VersionId: "--version-id",
  Expired: "--expires",
  yes: "--yes",
  report: "--report",
  write: "--write",
  from: "--from",
  oneWay: "--one-way",
};

/** The flag that sets `parameter`; undefined if there is none. */
export function flagOf(parameter: string): string | undefined {
  return FLAGS[parameter];
}
