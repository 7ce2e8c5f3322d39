// https://docs.deno.com/runtime/reference/env_variables/
const NAMES = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/**
 * Whether the environment names a proxy, which fetch would use and `node:http` would not. Variables that the program may not
 * read are ignored, so that Deno asks nobody for a permission.
 */
export function namesProxy(): boolean {
  return NAMES.some((variable) => {
    const { state } = Deno.permissions.querySync({ name: "env", variable });
    return state === "granted" && (Deno.env.get(variable) ?? "") !== "";
  });
}
