// One program that has the package twice: as CommonJS, and as an ES module. It prints "used" at the end.

import { CosError } from "@cosup/core";
import { createCos, isCosError, ServiceError } from "@cosup/node";

const Bucket = "packages-1250000000";
const options = {
  Region: "ap-guangzhou",
  SecretId: "id",
  SecretKey: "key",
  Endpoint: `${process.argv[2]}/{Bucket}`,
};

async function* pieces() {
  yield new Uint8Array(3);
}

async function main() {
  const imported = await import("@cosup/node");
  if (imported.createCos === createCos) throw new Error("expected two copies");
  const [first, second] = [createCos(options), imported.createCos(options)];
  const missing = await second.headObject({ Bucket, Key: "none" }).catch((error) => error);
  for (const type of [ServiceError, CosError, imported.ServiceError]) {
    if (!(missing instanceof type)) throw new Error("expected an error of the class of each copy");
  }
  if (!isCosError(missing)) throw new Error("expected that isCosError() knows it");
  const Body = pieces();
  await first.putObject({ Bucket, Key: "once", Body });
  const twice = await second.putObject({ Bucket, Key: "twice", Body }).catch((error) => error);
  if (!/was given to an upload before/.test(twice.message))
    throw new Error(`expected a refusal, not ${twice}`);
  await Promise.all([first.close(), second.close()]);
}

main().then(
  () => console.log("used"),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
