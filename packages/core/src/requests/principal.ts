import { elementsOf, textOf, type XmlElement } from "../xml/document.ts";

/** An account, as COS names it. */
export interface Principal {
  /** `qcs::cam::uin/…:uin/…`, or an APPID. */
  readonly ID: string;
  /** The name that COS shows for it. */
  readonly DisplayName: string;
}

export function readPrincipal(parent: XmlElement, name: string): Principal {
  const element = elementsOf(parent, name)[0] ?? {};
  return { ID: textOf(element, "ID") ?? "", DisplayName: textOf(element, "DisplayName") ?? "" };
}
