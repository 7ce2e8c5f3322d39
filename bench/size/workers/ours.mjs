import { createCos } from "../../../packages/workers/dist/upload.js";

export default {
  async fetch(request, env) {
    const cos = createCos({ Region: env.REGION, SecretId: env.ID, SecretKey: env.KEY });
    return Response.json(await cos.uploadFile({ Bucket: env.BUCKET, Key: "key", Body: request.body }));
  },
};
