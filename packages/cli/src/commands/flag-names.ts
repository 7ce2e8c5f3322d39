/** Which flag a parameter of the client comes from, so that its errors can be acted on. */
const FLAGS: Readonly<Record<string, string>> = {
  Region: "--region or COS_REGION",
  Endpoint: "--endpoint or COS_ENDPOINT",
  PartSize: "--part-size",
  MAXThread: "--concurrency",
  concurrency: "--files",
  maxAttempts: "--max-attempts",
  proxy: "--proxy",
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
  include: "--include",
  exclude: "--exclude",
  resume: "--resume",
  skip: "--skip",
  UploadId: "--upload-id",
};

export function flagOf(parameter: string): string | undefined {
  return FLAGS[parameter];
}
