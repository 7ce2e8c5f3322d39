// What the clients of test/crash/server-kills.mjs do, and what must hold for a key after each kill. A client does one thing after
// the other. `done` is what was acknowledged, `begun` what was sent and not acknowledged: it has happened or not.

/** Bodies of one version are its number throughout, so that a mixture shows. Most take several writes, some none. */
export function bodyOf(n) {
  return n % 10 === 0 ? "" : `${n} `.repeat(((n * 7919) % 60_000) + 1);
}

/** Sends a request, and fails like a broken connection unless it succeeds. */
async function send(url, init) {
  const response = await fetch(url, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${init?.method ?? "GET"} ${url}: ${response.status} ${text}`);
  return { headers: response.headers, text };
}

async function read(url) {
  const response = await fetch(url);
  const text = await response.text();
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`torn: GET ${url}: ${response.status} ${text}`);
  return text;
}

function split(url) {
  const at = url.lastIndexOf("/") + 1;
  return { bucket: url.slice(0, at), name: url.slice(at) };
}

function expectOneOf(what, found, expected) {
  if (expected.some((each) => found === (each === undefined ? undefined : bodyOf(each)))) return;
  const shown = found === undefined ? "nothing" : JSON.stringify(found.slice(0, 20));
  throw new Error(`${what} is ${shown} of ${found?.length} characters, expected ${expected.join(" or ")}`);
}

const allowed = ({ done, begun }) => (begun === undefined ? [done] : [done, begun.value]);

/** Replaces an object again and again. */
const put = {
  async act(key, state, n) {
    state.begun = { value: n };
    await send(key, { method: "PUT", body: bodyOf(n) });
    state.done = n;
  },
  async verify(key, state) {
    const found = await read(key);
    expectOneOf(key, found, allowed(state));
    if (state.begun !== undefined && found === bodyOf(state.begun.value)) state.done = state.begun.value;
    return found ? 1 : 0;
  },
};

/** Stores an object and deletes it. */
const remove = {
  async act(key, state, n) {
    if (state.done === undefined) return put.act(key, state, n);
    state.begun = { value: undefined };
    await send(key, { method: "DELETE" });
    state.done = undefined;
  },
  async verify(key, state) {
    const found = await read(key);
    expectOneOf(key, found, allowed(state));
    state.done = [state.done, state.begun?.value].find((n) => found === (n && bodyOf(n)));
    return found ? 1 : 0;
  },
};

/** Appends a line; `done` is how many there are. */
const append = {
  line: (n) => `${String(n).padStart(9, "0")}\n`.repeat(100),
  async act(key, state) {
    const lines = state.done ?? 0;
    state.begun = { value: lines + 1 };
    await send(`${key}?append&position=${lines * 1000}`, { method: "POST", body: append.line(lines) });
    state.done = lines + 1;
  },
  async verify(key, state) {
    const text = (await read(key)) ?? "";
    const lines = text.length / 1000;
    const expected = Array.from({ length: Math.ceil(lines) }, (_, n) => append.line(n)).join("");
    if (!Number.isInteger(lines) || text !== expected)
      throw new Error(`torn: ${key} has ${text.length} bytes`);
    if (!allowed(state).some((each) => lines === (each ?? 0))) {
      throw new Error(`lost: ${key} has ${lines} appends, expected ${allowed(state).join(" or ")}`);
    }
    state.done = lines;
    if (lines <= 200) return lines;
    // Not ever longer.
    await send(key, { method: "DELETE" });
    state.done = 0;
    return 0;
  },
};

/** Uploads in two parts and completes. Either the object is new and its upload gone, or the upload is there with both parts. */
const complete = {
  async act(key, state, n) {
    const body = bodyOf(n) || "empty";
    const started = await send(`${key}?uploads`, { method: "POST" });
    const [, id] = /<UploadId>(.*)<\/UploadId>/.exec(started.text) ?? [];
    let parts = "";
    for (const [index, half] of [body.slice(0, 1), body.slice(1)].entries()) {
      const { headers } = await send(`${key}?partNumber=${index + 1}&uploadId=${id}`, {
        method: "PUT",
        body: half,
      });
      parts += `<Part><PartNumber>${index + 1}</PartNumber><ETag>${headers.get("etag")}</ETag></Part>`;
    }
    state.begun = { value: n, id };
    const list = `<CompleteMultipartUpload>${parts}</CompleteMultipartUpload>`;
    await send(`${key}?uploadId=${id}`, { method: "POST", body: list });
    state.done = n;
  },
  async verify(key, state) {
    const found = await read(key);
    const text = (n) => (n === undefined ? undefined : bodyOf(n) || "empty");
    const n = allowed(state).find((each) => found === text(each));
    if (found !== text(n)) throw new Error(`lost or torn: ${key}, expected ${allowed(state).join(" or ")}`);
    const { bucket, name } = split(key);
    const listed = await send(`${bucket}?uploads&prefix=${name}`);
    const ids = [...listed.text.matchAll(/<UploadId>(.*?)<\/UploadId>/g)].map(([, id]) => id);
    const isNew = state.begun !== undefined && n === state.begun.value;
    if (state.begun !== undefined && ids.includes(state.begun.id) === isNew) {
      throw new Error(`torn: the upload ${state.begun.id} of ${key} is ${isNew ? "still there" : "gone"}`);
    }
    for (const id of ids) await send(`${key}?uploadId=${id}`, { method: "DELETE" });
    state.done = n;
    return found === undefined ? 0 : found.length > 1 ? 2 : 1;
  },
};

/** Adds versions and markers, and deletes the latest one, so that an older one is current again. `done` is the list of them. */
const version = {
  async act(key, state, n) {
    const list = state.done ?? [];
    if (n % 4 === 3 && list.length > 0) {
      state.begun = { value: list.slice(1) };
      await send(`${key}?versionId=${list[0].id}`, { method: "DELETE" });
      state.done = list.slice(1);
      return;
    }
    const body = n % 4 === 2 ? undefined : bodyOf(n);
    state.begun = { value: [{ body }, ...list] };
    const { headers } = await send(key, body === undefined ? { method: "DELETE" } : { method: "PUT", body });
    state.done = [{ id: headers.get("x-cos-version-id"), body }, ...list];
  },
  async verify(key, state) {
    const { bucket, name } = split(key);
    const { text } = await send(`${bucket}?versions&prefix=${name}`);
    const found = [];
    for (const [, id] of text.matchAll(/<VersionId>(.*?)<\/VersionId>/g)) {
      found.push({ id, body: await read(`${key}?versionId=${id}`) });
    }
    const same = (list = []) =>
      list.length === found.length &&
      list.every(({ id, body }, at) => body === found[at].body && (id === undefined || id === found[at].id));
    if (!allowed(state).some(same)) throw new Error(`lost or torn: the versions of ${key}`);
    // Not ever more of them.
    for (const { id } of found.splice(6)) await send(`${key}?versionId=${id}`, { method: "DELETE" });
    state.done = found;
    return found.filter(({ body }) => body).length;
  },
};

export const writers = { put, complete, append, delete: remove, version };
