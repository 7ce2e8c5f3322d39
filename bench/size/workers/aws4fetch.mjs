// Signs and sends one request. It has no parts, retries of parts, digests or resume.
import { AwsClient } from "aws4fetch";

export default {
  async fetch(request, env) {
    const client = new AwsClient({ accessKeyId: env.ID, secretAccessKey: env.KEY, region: env.REGION });
    return client.fetch(`${env.ENDPOINT}/key`, { method: "PUT", body: await request.arrayBuffer() });
  },
};
