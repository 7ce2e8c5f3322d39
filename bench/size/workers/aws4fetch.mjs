// Signs and sends one request; parts, retries of parts, digests and resuming are the caller's to write.
import { AwsClient } from "aws4fetch";

export default {
  async fetch(request, env) {
    const client = new AwsClient({ accessKeyId: env.ID, secretAccessKey: env.KEY, region: env.REGION });
    return client.fetch(`${env.ENDPOINT}/key`, { method: "PUT", body: await request.arrayBuffer() });
  },
};
