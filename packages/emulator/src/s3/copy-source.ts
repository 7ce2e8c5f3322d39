/** Writes S3's `/bucket/key?versionId=` as COS's `bucket.cos.region.myqcloud.com/key?versionId=`. */
export function copySourceForCos(text: string, region: string): string {
  if (namesCosHost(text)) return text;
  // Some clients escape the slash after the bucket, too.
  const match = /^\/?([^/?]+?)(?:\/|%2F)(.*)$/is.exec(text);
  return match ? `${match[1]}.cos.${region}.myqcloud.com/${match[2]}` : text;
}

/** The host is cut off first: an expression for all of it would search a long text again from each of its dots. */
function namesCosHost(text: string): boolean {
  const [host, ...path] = text.replace(/^https?:\/\//, "").split("/", 2);
  return path.length > 0 && /.\.cos(?:-internal)?\../s.test(host ?? "");
}
