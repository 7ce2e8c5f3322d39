// The page: Uppy uploads to COS by the URLs of uppy-server.ts, in parts above 20 MB.
// The bucket's CORS rule has to allow PUT, POST, GET and DELETE from the page's origin, and to expose ETag.
import AwsS3 from "@uppy/aws-s3";
import Uppy from "@uppy/core";

export const uppy = new Uppy().use(AwsS3, {
  shouldUseMultipart: (file) => (file.size ?? 0) > 20 * 1024 ** 2,
  async signRequest(request) {
    const response = await fetch("/sign", { method: "POST", body: JSON.stringify(request) });
    if (!response.ok) throw new Error(`/sign responded ${response.status}`);
    return response.json();
  },
});
