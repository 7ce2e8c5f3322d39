import { createCos } from "../../../packages/browser/dist/upload.js";

const cos = createCos({
  Region: "ap-guangzhou",
  credentials: () => fetch("/keys").then((keys) => keys.json()),
});

export const upload = (file) =>
  cos.uploadFile({ Bucket: "photos-1250000000", Key: file.name, Body: file, checkpoints: true });
