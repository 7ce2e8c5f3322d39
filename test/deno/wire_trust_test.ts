import { assert, type Outcome, runChild, temporaryDirectory, test } from "./rig.ts";
import { respondingWith } from "./wire_rig.ts";

const HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: x\r\nx-cos-request-id: r\r\n\r\n";

/** Runs openssl; false if it is not installed. */
async function openssl(cwd: string, line: string): Promise<boolean> {
  try {
    return (await new Deno.Command("openssl", { args: line.split(" "), cwd, stderr: "null" }).output())
      .success;
  } catch {
    return false;
  }
}

/** Makes `ca.pem`, and `cert.pem` and `key.pem` for localhost that it has signed. */
async function makeCertificates(cwd: string): Promise<boolean> {
  await Deno.writeTextFile(`${cwd}/ext`, "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n");
  const lines = [
    "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=cosup-test",
    "req -newkey rsa:2048 -nodes -keyout key.pem -out leaf.csr -subj /CN=localhost",
    "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out cert.pem",
  ];
  for (const line of lines) if (!(await openssl(cwd, line))) return false;
  return true;
}

interface SecureServer extends AsyncDisposable {
  readonly path: string;
  ask(flags: readonly string[], env?: Record<string, string>): Promise<Outcome>;
}

async function secureServer(): Promise<SecureServer | undefined> {
  const directory = await temporaryDirectory();
  const { path } = directory;
  if (!(await makeCertificates(path))) {
    await directory[Symbol.asyncDispose]();
    return undefined;
  }
  const [cert, key] = await Promise.all(
    ["cert", "key"].map((name) => Deno.readTextFile(`${path}/${name}.pem`)),
  );
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, cert: cert ?? "", key: key ?? "", onListen: () => {} },
    () => new Response(null, { headers: { "content-length": "5", etag: "x", "x-cos-request-id": "r" } }),
  );
  const host = `localhost:${server.addr.port}`;
  const job = { action: "head", key: "k", endpoint: `https://${host}` };
  // Certificate settings of this process must not count.
  const none = { NODE_EXTRA_CA_CERTS: "", DENO_TLS_CA_STORE: "mozilla" };
  return {
    path,
    ask: (flags, env = {}) => runChild([`--allow-net=${host}`, ...flags], job, { ...none, ...env }),
    [Symbol.asyncDispose]: async () => {
      await server.shutdown();
      await directory[Symbol.asyncDispose]();
    },
  };
}

test("certificates are trusted by Deno's own options, with --allow-net alone", async () => {
  await using server = await secureServer();
  if (server === undefined) {
    console.log("there is no openssl to make certificates with");
    return;
  }
  const { path, ask } = server;
  const pem = `${path}/ca.pem`;
  for (const [flags, env] of [
    [[`--cert=${pem}`], {}],
    [[`--cert=${pem}`], { NODE_EXTRA_CA_CERTS: `${path}/cert.pem` }],
    [[], { DENO_CERT: pem }],
    [[], { NODE_EXTRA_CA_CERTS: pem }],
    [[], { DENO_TLS_CA_STORE: "system", SSL_CERT_FILE: pem }],
    [["--unsafely-ignore-certificate-errors"], {}],
  ] as const) {
    const { result, stderr } = await ask(flags, env);
    assert.equal(
      result.ContentLength,
      5,
      `${flags} ${JSON.stringify(env)}: ${JSON.stringify(result)} ${stderr}`,
    );
  }
  for (const reject of ["1", "0"]) {
    const { result } = await ask([], { NODE_TLS_REJECT_UNAUTHORIZED: reject });
    assert.equal(result.code, "connect-failed", JSON.stringify(result));
  }
});

test("a proxy of the environment is used when the program may read the variables", async () => {
  const heads: string[] = [];
  using proxy = respondingWith(HEAD, heads);
  const address = proxy.url.slice("http://".length);
  const job = { action: "head", key: "k", endpoint: "http://cos.invalid" };
  const env = { HTTP_PROXY: proxy.url, NO_PROXY: "", no_proxy: "" };
  const flags = [`--allow-net=cos.invalid,${address}`, "--allow-env=HTTP_PROXY"];
  const { result, stderr } = await runChild(flags, job, env);
  assert.equal(result.ContentLength, 5, JSON.stringify(result) + stderr);
  assert.match(heads[0] ?? "", /^HEAD http:\/\/[^/]*cos\.invalid\/k /);
});

test("an idle connection does not keep the process running", async () => {
  using server = respondingWith(HEAD);
  const started = Date.now();
  const host = server.url.slice("http://".length);
  const { result, success } = await runChild([`--allow-net=${host}`], {
    action: "head",
    key: "k",
    endpoint: server.url,
  });
  assert.equal(result.ContentLength, 5, JSON.stringify(result));
  assert.ok(success);
  // Nothing but the end of the connection would end it.
  assert.ok(Date.now() - started < 60_000);
});
