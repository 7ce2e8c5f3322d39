import { describe, expect, it } from "vitest";
import { createAgent } from "../src/agent.ts";
import { type Connector, createConnector } from "../src/connector.ts";
import { closeOf, silentHandshake } from "./transport-rig.ts";

describe("a connector that refuses", () => {
  it("makes no connection, though the library asks again and again", async () => {
    const { url, accepted, server } = await silentHandshake();
    const connector = createConnector();
    let asked = 0;
    const counted: Connector = {
      ...connector,
      connect: (options, callback) => {
        asked += 1;
        connector.connect(options, callback);
      },
    };
    const agent = createAgent(counted);
    const failures: unknown[] = [];
    const send = (): boolean =>
      agent.dispatch(
        { origin: new URL(url).origin, path: "/", method: "GET" },
        { onRequestStart: () => {}, onResponseError: (_, error) => failures.push(error) },
      );
    send();
    await expect.poll(() => accepted.length).toBe(1);
    expect(connector.isConnecting()).toBe(true);
    const closed = closeOf(accepted[0]);
    connector.refuse();
    await closed;
    await expect.poll(() => failures.length).toBe(1);
    for (let round = 0; round < 5; round += 1) send();
    await expect.poll(() => failures.length).toBe(6);
    expect(asked).toBeGreaterThan(1);
    expect([accepted.length, connector.isConnecting()]).toEqual([1, false]);
    await agent.close();
    await new Promise((resolve) => server.close(resolve));
  });
});
