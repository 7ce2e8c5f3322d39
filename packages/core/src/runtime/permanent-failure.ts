/** A connection failure that every further attempt would meet again. Nothing was sent. */
export interface PermanentFailure {
  /** What is wrong. */
  readonly message: string;
  /** What the caller can do. */
  readonly hint: string;
}

interface Rule extends PermanentFailure {
  /** OpenSSL's or Node's code of the error. */
  readonly code?: RegExp;
  /** Its message, where the runtime gives no code: rustls in Deno, undici for the response of a proxy. */
  readonly text?: RegExp;
}

/**
 * The first match counts: an exact rule stands before a general one. Plain values only, which a bundler can leave out where no
 * runtime asks.
 */
const RULES: readonly Rule[] = [
  {
    code: /^ERR_SSL_(WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG)$/,
    text: /wrong version number|corrupt message of type InvalidContentType/,
    message: "the server does not speak TLS on this port",
    hint: "is it a plain HTTP server? Then use Scheme: 'http', or an Endpoint that begins with http://",
  },
  {
    code: /^CERT_HAS_EXPIRED$/,
    text: /invalid peer certificate: (Expired|certificate expired)/,
    message: "the server's certificate has expired",
    hint: "renew it on the server; check this machine's clock as well",
  },
  {
    code: /^CERT_NOT_YET_VALID$/,
    text: /invalid peer certificate: (NotValidYet|certificate not valid yet)/,
    message: "the server's certificate is not valid yet",
    hint: "check this machine's clock",
  },
  {
    code: /^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH|UND_ERR_PRX_TLS)$/,
    text: /invalid peer certificate: (NotValidForName|certificate not valid for name)/,
    message: "the server's certificate is for another host name",
    hint: "use an Endpoint with a host name that the certificate has",
  },
  {
    code: /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET_ISSUER_CERT|GET_ISSUER_CERT_LOCALLY|VERIFY_LEAF_SIGNATURE))$/,
    text: /invalid peer certificate: (Other\()?.*(UnknownIssuer|CaUsedAsEndEntity)/,
    message: "the server's certificate was not issued by an authority that this machine trusts",
    hint: "NODE_EXTRA_CA_CERTS (Node) or --cert (Deno) adds a certificate authority of your own; a proxy that inspects TLS needs its certificate added there",
  },
  {
    code: /^(CERT_|CRL_|INVALID_CA|INVALID_PURPOSE|UNABLE_TO_|ERR_TLS_CERT_)/,
    text: /invalid peer certificate/,
    message: "the server's certificate was not accepted",
    hint: "NODE_EXTRA_CA_CERTS (Node) or --cert (Deno) adds a certificate authority of your own",
  },
  {
    code: /^ERR_SSL_(UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE|TLSV1_ALERT_PROTOCOL_VERSION|(SSLV3_ALERT|SSL\/TLS_ALERT)_HANDSHAKE_FAILURE)$/,
    text: /peer is incompatible|received fatal alert: (HandshakeFailure|ProtocolVersion)/i,
    message: "the server and this machine have no version or cipher of TLS in common",
    hint: "TLS 1.2 or newer is needed",
  },
  {
    code: /^ERR_SSL_(TLSV1|SSL\/TLS)_ALERT_NO_APPLICATION_PROTOCOL$/,
    text: /received fatal alert: NoApplicationProtocol/,
    message: "the server refuses HTTP/1.1 over TLS (ALPN)",
    hint: "cosup speaks HTTP/1.1: let the server or the CDN in front of COS allow it beside HTTP/2, or use another Endpoint",
  },
  {
    // undici reads responses in WebAssembly.
    text: /Cannot allocate Wasm memory/i,
    message: "the system refuses the memory of WebAssembly, which reads responses and computes checksums",
    hint: "allow the process more virtual memory (ulimit -v), or start Node with --disable-wasm-trap-handler: 10 GB of addresses less each, and as much for each of `threads`; a smaller memoryBudget does not help",
  },
  {
    text: /Proxy (response|Authentication Required) \(407\)|proxy authorization required/i,
    message: "the proxy asks for credentials (407)",
    hint: "give them in the proxy's URL, as in http://user:password@proxy.example:3128",
  },
  {
    text: /Proxy response \(4\d\d\)|unsuccessful tunnel|tunnel error: unsuccessful/i,
    message: "the proxy refuses to connect to this host",
    hint: "allow the host in the proxy, or name it in NO_PROXY to go without",
  },
];

/** Causes that are looked at: an error may be its own cause. */
const DEEPEST = 8;

/** The permanent failure that a rejection of `send`, or one of its causes, is; undefined when it is not a known one. */
export function permanentFailure(error: unknown): PermanentFailure | undefined {
  let current = error;
  for (let depth = 0; depth < DEEPEST && current instanceof Error; depth += 1) {
    const { message } = current;
    const code = "code" in current ? String(current.code) : "";
    const rule = RULES.find((one) => one.code?.test(code) === true || one.text?.test(message) === true);
    if (rule !== undefined) return rule;
    current = current instanceof AggregateError ? current.errors[0] : current.cause;
  }
  return undefined;
}
