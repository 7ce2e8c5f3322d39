import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { settle } from "./settle.ts";

let home = "";
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "cosup-others-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const AT = "cos://demo-1250000000/k";
const cli = (text: string): Promise<void> => writeFile(join(home, ".cos.yaml"), text);
const cmd = (text: string): Promise<void> => writeFile(join(home, ".cos.conf"), text);

/** As `coscli config init` writes it, with its encryption turned off. */
const COSCLI = `cos:
    base:
        secretid: id-of-coscli
        secretkey: key-of-coscli
        sessiontoken: ""
        protocol: https
        mode: SecretKey
        cvmrolename: ""
        closeautoswitchhost: ""
        disableencryption: "true"
    buckets:
        - name: other-1250000000
          alias: other
          region: ""
          endpoint: cos.ap-beijing.myqcloud.com
          ofs: false
        - name: demo-1250000000
          alias: demo
          region: ""
          endpoint: cos.ap-shanghai.myqcloud.com
          ofs: false
`;

/** As `coscmd config` writes it. */
const COSCMD = `[common]
secret_id = id-of-coscmd
secret_key = key%%of-coscmd
bucket = demo-1250000000
region = ap-chengdu
max_thread = 5
part_size = 1
schema = https
verify = md5
anonymous = False

`;

describe("coscli", () => {
  it("gives keys, and the region of the bucket", async () => {
    await cli(COSCLI);
    await cmd(COSCMD);
    const flags = await settle(["ls", AT], { HOME: home });
    expect(flags.keys).toMatchObject({
      origin: "~/.cos.yaml (coscli)",
      pair: { SecretId: "id-of-coscli", SecretKey: "key-of-coscli", Token: undefined },
    });
    expect(flags.region).toBe("ap-shanghai");
    expect(flags.origins?.get("region")).toBe("~/.cos.yaml (coscli)");
    const unknown = await settle(["ls", "cos://unknown-1250000000"], { HOME: home });
    expect(unknown).not.toHaveProperty("region");
  });

  it("gives nothing where anything else does", async () => {
    await cli(COSCLI);
    const env = { HOME: home, COS_SECRET_ID: "id-of-env", COS_SECRET_KEY: "key" };
    const flags = await settle(["ls", AT], env);
    expect(flags.keys).toMatchObject({ pair: { SecretId: "id-of-env" } });
    expect(flags).not.toHaveProperty("region");
    const given = await settle(["ls", AT, "--endpoint", "http://h/{Bucket}"], { HOME: home });
    expect(given).not.toHaveProperty("region");
  });

  it("reads keys that coscli has encrypted", async () => {
    // AES-128-ECB with coscli's fixed key and zeros as padding, by openssl.
    await cli(`cos:
  base:
    secretid: RooD+ZhBVn3lpxTiMDstWbmvJ1i1r1dUypKKmNzgNtNoAtuaKk5060lvSB4DH0Is
    secretkey: QP7t0rIAsiE0QVRak5h4tXM7/+fPR//aGJY2+QS7dnjeQ1lHjB+NSA6psd9+JBIz
    mode: SecretKey
`);
    const { keys } = await settle(["ls", AT], { HOME: home });
    expect(keys).toMatchObject({
      pair: {
        SecretId: "AKIDcosclitest0123456789abcdefghijklm",
        SecretKey: "keyofcoscli0123456789ABCDEFGHIJK",
      },
    });
  });

  it("gives the role of a CVM instance", async () => {
    await cli("cos:\n  base:\n    mode: CvmRole\n    cvmrolename: my-role\n");
    const { keys } = await settle(["ls", AT], { HOME: home });
    expect(keys).toHaveProperty("asked");
  });

  it.each([
    ["no YAML", "cos: [HUSH\n  - {", /^~\/.cos.yaml \(coscli\) is not YAML, line \d/],
    ["half a pair", "cos:\n  base:\n    secretkey: HUSH\n", /has no secretid/],
    [
      "another encryption",
      `cos:\n  base:\n    secretid: ${"A".repeat(64)}\n    secretkey: x\n`,
      /encrypted in a way/,
    ],
  ])("%s is a problem only where keys are needed", async (_what, text, says) => {
    await cli(text);
    const { keys } = await settle(["ls", AT], { HOME: home });
    expect(keys).toMatchObject({
      problem: { name: "CredentialsError", message: expect.stringMatching(says) },
    });
    expect(JSON.stringify(keys)).not.toContain("HUSH");
  });

  it.each([["cos:\n"], ["a: 1\n"], [""], ["- x\n"]])("%j has no keys", async (text) => {
    await cli(text);
    expect(await settle(["ls", AT], { HOME: home })).not.toHaveProperty("keys");
  });
});

describe("coscmd", () => {
  it("gives keys and its region", async () => {
    await cmd(COSCMD);
    const flags = await settle(["ls", AT], { HOME: home });
    expect(flags.keys).toMatchObject({
      origin: "~/.cos.conf (coscmd)",
      pair: { SecretId: "id-of-coscmd", SecretKey: "key%of-coscmd" },
    });
    expect(flags.region).toBe("ap-chengdu");
  });

  it.each([
    ["gz", "ap-guangzhou"],
    ["cos.ap-nanjing", "ap-nanjing"],
  ])("knows the old name %s", async (old, region) => {
    await cmd(`[other]\nsecret_id = x\n[common]\r\naccess_id: a\r\nsecret_key: b\r\nregion: ${old}\r\n`);
    const flags = await settle(["ls", AT], { HOME: home });
    expect(flags).toMatchObject({ region, keys: { pair: { SecretId: "a", SecretKey: "b" } } });
  });

  it("with half a pair is a problem", async () => {
    await cmd("[common]\nsecret_key = HUSH\n");
    const { keys } = await settle(["ls", AT], { HOME: home });
    expect(keys).toMatchObject({ problem: { message: expect.stringMatching(/has no secret_id/) } });
  });
});
