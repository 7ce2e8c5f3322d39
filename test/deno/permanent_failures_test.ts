import { type CosError, createCos } from "../../packages/deno/mod.ts";
import { assert, test } from "./rig.ts";

const file = (name: string): Promise<string> =>
  Deno.readTextFile(new URL(`../fixtures/tls/${name}.pem`, import.meta.url));

/** A server with one of the certificates, or (undefined) without TLS. */
async function serve(certificate: string | undefined): Promise<Deno.HttpServer<Deno.NetAddr>> {
  const options = { hostname: "127.0.0.1", port: 0, onListen: (): void => {} };
  const response = (): Response => new Response("");
  if (certificate === undefined) return Deno.serve(options, response);
  return Deno.serve({ ...options, cert: await file(certificate), key: await file("key") }, response);
}

/** The error of a PUT over TLS. */
async function failureAt(certificate: string | undefined, trusted: boolean): Promise<CosError> {
  const server = await serve(certificate);
  const client = trusted ? Deno.createHttpClient({ caCerts: [await file("ca")] }) : undefined;
  const Endpoint = `https://localhost:${server.addr.port}/{Bucket}`;
  const cos = createCos({ Region: "ap-guangzhou", SecretId: "id", SecretKey: "key", Endpoint, client });
  try {
    return await cos.putObject({ Bucket: "b-1250000000", Key: "k", Body: "x" }).then(
      () => {
        throw new Error("expected a failure");
      },
      (error: CosError) => error,
    );
  } finally {
    await cos.close();
    client?.close();
    await server.shutdown();
  }
}

const CASES: readonly [certificate: string | undefined, trusted: boolean, message: RegExp][] = [
  ["self-signed", false, /not issued by an authority that this machine trusts$/],
  ["localhost", false, /not issued by an authority that this machine trusts$/],
  ["expired", true, /certificate has expired$/],
  ["elsewhere", true, /certificate is for another host name$/],
  [undefined, false, /does not speak TLS on this port$/],
];

for (const [certificate, trusted, message] of CASES) {
  test(`TLS that cannot be had (${certificate ?? "a plain server"}) fails at the first attempt`, async () => {
    const error = await failureAt(certificate, trusted);
    assert.equal(error.code, "connect-failed");
    assert.equal(error.retryable, false);
    assert.match(error.message, message);
    assert.equal(typeof error.hint, "string");
    assert.equal(Reflect.get(error, "attempts"), 1);
  });
}
