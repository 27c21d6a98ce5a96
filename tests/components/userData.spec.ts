import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { NetworkInterfaceManager } from "../../components/networkInterfaceManager";
import { NetworkInterfacePool } from "../../components/networkInterfacePool";
import { createGroup, deployUserData, type Part, partsOf, userDataIn } from "../guest/document";
import {
  asRecord,
  deploy,
  type DeploymentOptions,
  find,
  refuse,
  typesAndNames,
  UNKNOWN,
} from "../mocks";
import { refuseLater } from "../refusals";

const LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";

/** The parts after the boothook. */
async function ownParts(userData: string | undefined): Promise<Part[]> {
  const [boothook, ...own] = partsOf(await deployUserData({ userData }));
  assert.equal(boothook?.type, "text/cloud-boothook");
  return own;
}

/** The line that says which addresses of which pool are known. */
function poolsIn(userData: string): string {
  const [boothook] = partsOf(userData);
  const file = /\/pools" <<'END_OF_FILE'\n(.*)\nEND_OF_FILE\n/.exec(boothook?.text ?? "");
  return file?.[1] ?? "";
}

describe("user data with waitForAddress", () => {
  it("has nothing but the boothook where the user wrote nothing", async () => {
    assert.deepEqual(await ownParts(undefined), []);
  });

  const texts: [string, string][] = [
    ["a script", "#!/bin/sh\necho hello\n"],
    ["a script whose last line doesn't end", "#!/bin/sh\necho hello"],
    ["cloud-config", "#cloud-config\npackages: [nginx]\n"],
    ["text with blank lines at both ends", "\n\n#!/bin/sh\n\n\n"],
    ["text beyond ASCII", "#!/bin/sh\necho größer 漢\n"],
    ["text that looks like the end of a part", "#!/bin/sh\ncat <<END\n--END\n--\nEND\n"],
    ["text with what a replacement might take for its own", "#!/bin/sh\necho $& $1 $$ POOLS\n"],
    ["nothing", ""],
  ];
  for (const [what, text] of texts) {
    it(`leaves ${what} as it is, with its type for cloud-init to find`, async () => {
      assert.deepEqual(await ownParts(text), [{ type: "text/plain", text }]);
    });
  }

  it("encodes no more than it must: ASCII stays readable", async () => {
    const plain = await deployUserData({ userData: "#!/bin/sh\nhostname\n" });
    assert.match(plain, /\n\n#!\/bin\/sh\nhostname\n\n--/);
    assert.doesNotMatch(plain, /base64/);
    const beyond = await deployUserData({ userData: "#!/bin/sh\n# ä\n" });
    assert.equal(beyond.match(/Content-Transfer-Encoding: base64/g)?.length, 1);
  });

  it("takes a document of several parts as a part", async () => {
    const inner = "--==\nContent-Type: text/x-shellscript\n\n#!/bin/sh\n--==--\n";
    const head = 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="=="\n\n';
    assert.deepEqual(await ownParts(head + inner), [{ type: "multipart/mixed", text: inner }]);
  });

  it("is the same at every deployment, and separates its parts by another line for other content", async () => {
    const first = await deployUserData({ userData: "#!/bin/sh" });
    assert.equal(await deployUserData({ userData: "#!/bin/sh" }), first);
    const other = await deployUserData({ userData: "#!/bin/bash" });
    const boundary = /boundary="([^"]+)"/;
    assert.notEqual(boundary.exec(other)?.[1], boundary.exec(first)?.[1]);
  });

  it("knows no addresses where the group isn't told any", async () => {
    assert.equal(poolsIn(await deployUserData({ addresses: undefined })), "");
  });

  it("isn't there by default", async () => {
    for (const waitForAddress of [undefined, false]) {
      const { registrations } = await deploy(createGroup({ waitForAddress }));
      const { inputs } = find(registrations, LAUNCH_TEMPLATE, "licence");
      assert.ok(!Object.hasOwn(asRecord(inputs), "userData"));
    }
  });

  describe("of a pool", () => {
    let manager: NetworkInterfaceManager;
    before(async () => {
      manager = (await deploy(() => new NetworkInterfaceManager("shared"))).value;
    });

    const registrationsOf = async (
      pool: { addresses?: string[]; size?: number; poolName?: string },
      options?: DeploymentOptions,
    ) => {
      const create = () =>
        new NetworkInterfacePool("licence", {
          ...pool,
          subnetId: "subnet-a",
          manager,
          group: { waitForAddress: true },
        });
      return (await deploy(create, options)).registrations;
    };

    it("knows its addresses in slot order, given or chosen by EC2", async () => {
      const given = userDataIn(await registrationsOf({ addresses: ["10.1.0.11", "10.1.0.10"] }));
      assert.equal(poolsIn(given), "10.1.0.11,10.1.0.10 licence");
      const chosen = userDataIn(await registrationsOf({ size: 2, poolName: "Web servers" }));
      assert.equal(poolsIn(chosen), "chosen-for-licence-0,chosen-for-licence-1 Web servers");
    });

    it("is shown in a preview as it is written where nothing waits, whatever the addresses will be", async () => {
      const create = () =>
        new NetworkInterfacePool("licence", {
          size: 2,
          subnetId: "subnet-a",
          manager,
          group: { userData: "#!/bin/sh" },
        });
      const { registrations } = await deploy(create, { preview: true });
      assert.equal(userDataIn(registrations), "#!/bin/sh");
      const { propertyDependencies } = find(registrations, LAUNCH_TEMPLATE, "licence");
      assert.deepEqual(propertyDependencies.userData ?? [], []);
    });

    it("shows in a preview where its addresses are given, and is unknown where EC2 chooses them", async () => {
      const addresses = ["10.1.0.10", "10.1.0.11"];
      const known = userDataIn(await registrationsOf({ addresses }, { preview: true }));
      assert.equal(known, await deployUserData({ addresses }));
      const unknown = await registrationsOf({ size: 2 }, { preview: true });
      assert.equal(find(unknown, LAUNCH_TEMPLATE, "licence").inputs.userData, UNKNOWN);
    });
  });
});

describe("user data's size", () => {
  const LIMIT = 16_384;
  /** Of the boothook and of what stands around the user's own text. */
  let overhead = 0;
  before(async () => {
    overhead = Buffer.byteLength(await deployUserData({ userData: "x" })) - 1;
  });

  const createPool =
    (group: { userData?: string }, pool: { addresses?: string[]; size?: number }) => () =>
      new NetworkInterfacePool("licence", {
        ...pool,
        subnetId: "subnet-a",
        group: { waitForAddress: true, ...group },
      });
  const addresses = ["10.0.0.10", "10.0.0.11"];

  async function refusal(create: () => unknown): Promise<string> {
    const { error, registrations } = await refuse(create);
    assert.ok(pulumi.ResourceError.isInstance(error));
    assert.equal(typesAndNames(registrations).length, 1, "no more than the component");
    return error.message;
  }

  it("leaves more than half of what EC2 takes to the user", () => {
    assert.ok(overhead < LIMIT / 2, `${overhead} bytes`);
  });

  it("may be what EC2 takes", async () => {
    const userData = await deployUserData({ userData: "x".repeat(LIMIT - overhead) });
    assert.equal(Buffer.byteLength(userData), LIMIT);
  });

  it("is refused above that, before anything is created", async () => {
    const userData = "x".repeat(LIMIT - overhead + 7);
    const message =
      "userData makes, with waitForAddress, 16391 bytes, and EC2 takes 16384; write 7 fewer";
    assert.equal(await refusal(createGroup({ userData })), message);
    assert.equal(await refusal(createPool({ userData }, { addresses })), `group.${message}`);
  });

  it("is refused above that without waitForAddress, too", async () => {
    const group = (userData: string) => createGroup({ waitForAddress: false, userData });
    assert.equal(
      await refusal(group(`${"ä".repeat(LIMIT / 2)}x`)),
      "userData has 16385 bytes, and EC2 takes 16384; write 1 fewer",
    );
    await deploy(group("ä".repeat(LIMIT / 2)));
  });

  it("is refused for a pool whose addresses alone are too many, before EC2 has chosen them", async () => {
    const message = await refusal(createPool({}, { size: 1000 }));
    const [, bytes = ""] = /needs (\d+) bytes/.exec(message) ?? [];
    assert.ok(
      Number(bytes) > 16_000 + overhead / 2,
      `${bytes} bytes for 1,000 addresses of 15 and a comma`,
    );
    assert.equal(
      message,
      `group.waitForAddress needs ${bytes} bytes of user data for this pool, and EC2 takes 16384; ` +
        "write false, or a smaller pool",
    );
  });

  it("isn't reckoned of a pool that has a mistake itself", async () => {
    assert.equal(
      await refusal(createPool({}, { size: 1e9 })),
      "size is 1000000000; write a whole number from 1 to 1000",
    );
  });

  it("is refused when it is known, where the text is an output: there is no launch template", async () => {
    const group = (length: number) =>
      createGroup({ userData: pulumi.output("x".repeat(length - overhead)) });
    const fitting = await deploy(group(LIMIT));
    find(fitting.registrations, LAUNCH_TEMPLATE, "licence");
    const { errors, registrations } = await refuseLater(group(LIMIT + 1));
    assert.ok(errors.length > 0);
    for (const error of errors) {
      assert.match(
        String(error),
        /userData makes, with waitForAddress, 16385 bytes, and EC2 takes 16384; write 1 fewer/,
      );
    }
    assert.ok(!registrations.some(({ type }) => type === LAUNCH_TEMPLATE));
  });
});
