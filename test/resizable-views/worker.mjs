// Runs in workerd: tries every case inside a Durable Object, which has its storage besides the bindings of a Worker.
import { tryAll } from "./try-all.mjs";

export class Shelf {
  /** @param {any} state @param {any} env */
  constructor(state, env) {
    this.env = { ...env, STATE: state };
  }

  /** @returns {Promise<Response>} */
  async fetch() {
    return Response.json(await tryAll({ origin: "http://echo.example", folder: "", env: this.env }));
  }
}

// biome-ignore lint/style/noDefaultExport: the form of a Worker
export default {
  /** @param {Request} request @param {any} env @returns {Promise<Response>} */
  fetch: (request, env) => env.SHELF.get(env.SHELF.idFromName("shelf")).fetch(request),
};
