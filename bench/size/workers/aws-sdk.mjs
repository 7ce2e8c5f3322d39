import { S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";

export default {
  async fetch(request, env) {
    const credentials = { accessKeyId: env.ID, secretAccessKey: env.KEY };
    const client = new S3Client({ region: env.REGION, endpoint: env.ENDPOINT, credentials });
    const params = { Bucket: env.BUCKET, Key: "key", Body: request.body };
    return Response.json(await new Upload({ client, params }).done());
  },
};
