const COS_HOST = /^(?:https?:\/\/)?[^/]+\.cos(?:-internal)?\.[^/]+\//;

/** Writes S3's `/bucket/key?versionId=` as COS's `bucket.cos.region.myqcloud.com/key?versionId=`. */
export function copySourceForCos(text: string, region: string): string {
  if (COS_HOST.test(text)) return text;
  // Some clients escape the slash after the bucket, too.
  const match = /^\/?([^/?]+?)(?:\/|%2F)(.*)$/is.exec(text);
  return match ? `${match[1]}.cos.${region}.myqcloud.com/${match[2]}` : text;
}
