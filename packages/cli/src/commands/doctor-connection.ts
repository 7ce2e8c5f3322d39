import { lookup } from "node:dns/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import { TLSSocket } from "node:tls";
import type { ConnectionFlags } from "../client.ts";
import { EXIT } from "../exit-codes.ts";
import { messageOf } from "../report.ts";
import type { Finding } from "./doctor-finding.ts";

const TIMEOUT_MS = 10_000;
/** Above this difference, COS refuses signatures. */
const REFUSED_MS = 15 * 60_000;
/** Less is the way of a response, and the whole seconds of its date. */
const NOTICED_MS = 30_000;

/** Finds the host, connects to it and compares the clocks. Behind a proxy, that is the proxy's business. */
export async function* connectionFindings(
  origin: URL,
  { proxy }: ConnectionFlags,
  signal: AbortSignal,
): AsyncGenerator<Finding, void, undefined> {
  const used = proxyFor(origin, proxy);
  yield { check: "proxy", status: "ok", message: used ?? "none" };
  if (used !== undefined) return;
  const name = await dnsFinding(origin.hostname.replace(/^\[|\]$/g, ""));
  yield name;
  if (name.status === "fail") return;
  try {
    const response = await ask(origin, signal);
    yield { check: "connection", status: "ok", message: describe(response) };
    yield clockFinding(Date.parse(response.headers.date ?? "") - Date.now());
  } catch (error) {
    signal.throwIfAborted();
    yield unreachable(error);
  }
}

/** The proxy that requests go through, without its password; undefined if there is none. */
function proxyFor({ protocol }: URL, given: string | undefined): string | undefined {
  if (given === "none") return undefined;
  if (given !== undefined) return `${shown(given)} (--proxy)`;
  const own = protocol === "https:" ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy", "HTTP_PROXY"];
  const name = [...own, "all_proxy", "ALL_PROXY"].find((each) => process.env[each]);
  const exceptions = process.env.no_proxy ?? process.env.NO_PROXY;
  if (name === undefined) return undefined;
  const but = exceptions ? `, but for NO_PROXY=${exceptions}` : "";
  return `${shown(process.env[name] ?? "")} (${name}${but})`;
}

function shown(proxy: string): string {
  return proxy.replace(/^(\w+:\/\/)?.*@/, "$1");
}

async function dnsFinding(host: string): Promise<Finding> {
  if (isIP(host) !== 0) return { check: "dns", status: "ok", message: `${host} is an address` };
  try {
    const found = await lookup(host, { all: true });
    return { check: "dns", status: "ok", message: found.map(({ address }) => address).join(", ") };
  } catch (error) {
    return {
      check: "dns",
      status: "fail",
      message: `${host} is not found: ${messageOf(error)}`,
      advice: "Check the name of the region (--region) or of the endpoint, and this machine's DNS.",
      exitCode: EXIT.temporary,
    };
  }
}

/**
 * One request without a signature: any response shows that COS is reached. The limit is a timer of its own: Node lets go of
 * `AbortSignal.timeout()` inside `AbortSignal.any()` when it collects garbage, and the wait would not end.
 */
function ask(origin: URL, signal: AbortSignal): Promise<IncomingMessage> {
  const request = origin.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const sent = request(origin, { method: "HEAD", agent: false, signal }, (response) => {
      response.resume();
      resolve(response);
    });
    const timer = setTimeout(() => sent.destroy(new Error("no response within 10 s")), TIMEOUT_MS);
    sent
      .on("error", reject)
      .on("close", () => clearTimeout(timer))
      .end();
  });
}

function describe({ socket, statusCode }: IncomingMessage): string {
  const tls =
    socket instanceof TLSSocket ? `, ${socket.getProtocol()}, certificate trusted` : ", without TLS";
  return `reached${tls}, status ${statusCode} without a signature`;
}

function unreachable(error: unknown): Finding {
  const { code = "" } = error as NodeJS.ErrnoException;
  const certificate = /CERT|SELF_SIGNED|UNABLE_TO/.test(code);
  const advice = certificate
    ? "Something between here and COS uses its own certificate: set NODE_EXTRA_CA_CERTS to its CA's file."
    : "Check the endpoint and its port, the firewall, and whether a proxy is needed (--proxy).";
  const message = messageOf(error) || code;
  return { check: "connection", status: "fail", message, advice, exitCode: EXIT.temporary };
}

/** @param skewMs COS's time minus this machine's */
function clockFinding(skewMs: number): Finding {
  if (Number.isNaN(skewMs)) return { check: "clock", status: "warn", message: "the response has no date" };
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  if (seconds * 1000 < NOTICED_MS) return { check: "clock", status: "ok", message: "agrees with COS" };
  const message = `this machine is ${seconds} s ${skewMs > 0 ? "behind" : "ahead of"} COS`;
  const advice = "Set this machine's clock, with NTP for one. Signed URLs are wrong until then.";
  const isRefused = Math.abs(skewMs) > REFUSED_MS;
  return isRefused
    ? { check: "clock", status: "fail", message, advice, exitCode: EXIT.credentials }
    : { check: "clock", status: "warn", message, advice };
}
