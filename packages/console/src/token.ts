/** What this page keeps in the state of its history entry: other documents of the origin cannot read it. */
interface PageState {
  readonly token?: string;
}

let token = "";

/**
 * Takes the token from the address, and removes it there. After a reload, it is in the state of the history entry. Not in
 * sessionStorage: an object that is a web page has the same origin, and could read it there.
 */
export function takeToken(): string {
  const given = new URL(location.href).searchParams.get("token");
  token = given ?? (history.state as PageState | null)?.token ?? "";
  keepToken();
  return token;
}

/** Call it for each new entry of the history. */
export function keepToken(): void {
  const state: PageState = { token };
  history.replaceState(state, "", location.pathname + location.hash);
}
