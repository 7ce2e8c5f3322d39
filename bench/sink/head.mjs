/**
 * The fields of a request head that the sink needs.
 * @typedef {object} Head
 * @property {string} method
 * @property {string} key decoded path without its leading slash
 * @property {URLSearchParams} query
 * @property {number} contentLength
 * @property {string | undefined} contentMd5
 * @property {boolean} expectsContinue
 * @property {{ first: number, last: number } | undefined} range the last byte is Infinity when the header names none
 */

const NO_QUERY = new URLSearchParams();

/**
 * @param {string} text request line and headers, without the empty line
 * @returns {Head}
 */
export function parseHead(text) {
  const method = text.slice(0, text.indexOf(" "));
  const requested = text.slice(method.length + 1, text.indexOf(" ", method.length + 1));
  // The sink is the proxy of a client that takes no port in its endpoint.
  const target = requested.startsWith("/") ? requested : requested.replace(/^https?:\/\/[^/]*/i, "");
  const mark = target.indexOf("?");
  if (/\r\ntransfer-encoding:/i.test(text)) {
    throw new Error("the sink needs a Content-Length; all of its clients send one");
  }
  return {
    method,
    key: decodeURIComponent(mark < 0 ? target.slice(1) : target.slice(1, mark)),
    query: mark < 0 ? NO_QUERY : new URLSearchParams(target.slice(mark + 1)),
    contentLength: Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? 0),
    contentMd5: /\r\ncontent-md5: *(\S+)/i.exec(text)?.[1],
    range: rangeOf(text),
    expectsContinue: /\r\nexpect: *100-continue/i.test(text),
  };
}

/** @param {string} text */
function rangeOf(text) {
  const [, first, last] = /\r\nrange: *bytes=(\d+)-(\d*)/i.exec(text) ?? [];
  if (first === undefined) return undefined;
  return { first: Number(first), last: last ? Number(last) : Number.POSITIVE_INFINITY };
}
