import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { resourcesOfType } from "../simulator/deploy/engine";
import { exampleScenarios } from "../simulator/scenarios/examples";
import { scenarioByName } from "../simulator/scenarios";
import { deploymentFor, play, playAnew } from "./simulator/scenarios/plays";

const SEEDS = [1, 2];

const folders = readdirSync("examples", { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

interface Project {
  name: string;
  main: string;
  runtime: unknown;
  config: Record<string, { type: string; description: string }>;
}

const projectOf = (folder: string) =>
  parse(readFileSync(`examples/${folder}/Pulumi.yaml`, "utf8")) as Project;

const deployed = (folder: string) => deploymentFor(scenarioByName(`example-${folder}`));

/** The inputs of the only resource of a type. */
async function inputsOf(folder: string, type: string): Promise<Record<string, unknown>> {
  const [one, ...others] = resourcesOfType(await deployed(folder), type);
  assert.ok(one);
  assert.deepEqual(others, []);
  return one.inputs;
}

async function userDataOf(folder: string): Promise<string> {
  const { userData } = await inputsOf(folder, "aws:ec2/launchTemplate:LaunchTemplate");
  return Buffer.from(String(userData), "base64").toString();
}

describe("examples", () => {
  it("each have a scenario, and each scenario has one", () => {
    const names = folders.map((folder) => `example-${folder}`);
    assert.deepEqual(names.sort(), Object.keys(exampleScenarios).sort());
  });

  it("each have a row of the table with the command that plays them", () => {
    const table = readFileSync("examples/README.md", "utf8");
    const rows = folders.filter((folder) =>
      new RegExp(
        `^\\| \\[${folder}\\]\\(${folder}/index.ts\\) .*npm start -- --scenario example-${folder}\``,
        "m",
      ).test(table),
    );
    assert.deepEqual(rows, folders);
  });

  for (const folder of folders) {
    describe(folder, () => {
      it("is a project of its own, whose configuration is what the program is given", () => {
        const { name, main, config, runtime } = projectOf(folder);
        const settings = scenarioByName(`example-${folder}`).configure?.({}) ?? {};
        const keys = Object.keys(config).map((key) => `${folder}:${key}`);
        assert.equal(name, folder);
        assert.equal(main, "index.ts");
        const options = { packagemanager: "npm", tsconfig: "../../tsconfig.json" };
        assert.deepEqual(runtime, { name: "nodejs", options });
        assert.deepEqual(["aws:region", ...keys].sort(), Object.keys(settings).sort());
        for (const { type, description } of Object.values(config)) {
          assert.match(type, /^(string|array)$/);
          assert.match(description, /\.$/);
        }
      });

      for (const seed of SEEDS) {
        it(`keeps what it promises when a holder is killed (seed ${seed})`, async () => {
          const { faults, addressHistory } = await play(`example-${folder}`, seed);
          assert.deepEqual([...faults, ...addressHistory.findLost()], []);
        });
      }
    });
  }

  it("tell the MAC and the public addresses that stay", async () => {
    const outputs = [];
    // Pulumi runs one program at a time in a process.
    for (const folder of ["licence-server", "nat-instance", "bastion", "failover-pair"]) {
      outputs.push((await deployed(folder)).outputs);
    }
    assert.deepEqual(outputs, [
      { address: "10.40.0.10", macAddress: "02:ab:dc:1b:1e:68" },
      { publicAddress: "198.18.88.121" },
      { publicAddress: "198.18.156.58" },
      { address: "10.40.0.10", macAddress: "02:7e:30:12:8f:b1" },
    ]);
  });

  it("tell every member of the cluster all three addresses", async () => {
    assert.match(
      await userDataOf("cluster"),
      /<<MEMBERS\n10\.40\.0\.10\n10\.40\.0\.11\n10\.40\.0\.12\nMEMBERS\n/,
    );
  });

  it("let the licence server start when its address is up, and tell it which one that is", async () => {
    const userData = await userDataOf("licence-server");
    assert.match(userData, /\n10\.40\.0\.10 licence\n/);
    assert.match(userData, /\n\. \/run\/network-interface-pool\.env\necho "\$ADDRESS \$MAC" /);
  });

  it("let nobody but known addresses log in to the bastion, and by SSH alone", async () => {
    const { ingress } = await inputsOf("bastion", "aws:ec2/securityGroup:SecurityGroup");
    assert.deepEqual(ingress, [
      { protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["203.0.113.0/24"] },
    ]);
  });

  it("route the private subnets to the pool's interface", async () => {
    const [pool] = resourcesOfType(
      await deployed("nat-instance"),
      "aws:ec2/networkInterface:NetworkInterface",
    );
    assert.deepEqual(await inputsOf("nat-instance", "aws:ec2/route:Route"), {
      routeTableId: "rtb-0a1b2c3d4e5f60011",
      destinationCidrBlock: "0.0.0.0/0",
      networkInterfaceId: pool?.id,
    });
  });
});

describe("scenarios of examples", () => {
  it("find a public address that is lost", async () => {
    const { faults } = await playAnew("example-bastion", 1, ({ region }) => {
      region.ec2.onChange((change) => {
        if (change.kind === "detached") delete change.networkInterface.publicIp;
      });
    });
    assert.equal(faults.length, 1);
    assert.match(
      faults[0] ?? "",
      /^expected .*public address 198\.18\.156\.58, .*, but found .* no public address, /,
    );
  });

  it("find a route to an instance that does not forward", async () => {
    const { faults } = await playAnew("example-nat-instance", 1, ({ region }) => {
      for (const one of region.ec2.interfaces.values()) one.sourceDestCheck = true;
    });
    assert.deepEqual(faults, ["expected route private to lead to an instance that forwards"]);
  });

  it("find user data that doesn't wait for what the machine gets", async () => {
    const inputs = await inputsOf("licence-server", "aws:ec2/launchTemplate:LaunchTemplate");
    const { userData } = inputs;
    inputs.userData = "";
    try {
      const { faults } = await playAnew("example-licence-server", 1);
      assert.equal(faults.length, 1);
      assert.match(faults[0] ?? "", /^expected the user data of i-\w+ to wait for 10\.40\.0\.10$/);
    } finally {
      inputs.userData = userData;
    }
  });

  it("find a standby that has to wait for a launch", async () => {
    const { faults } = await playAnew("example-failover-pair", 1, ({ region }) => {
      region.eventBridge.loses = ({ source }) => source !== "aws.events";
    });
    assert.match(
      faults[0] ?? "",
      /^expected i-\w+ to hold 10\.40\.0\.10 before anybody else runs$/,
    );
  });

  it("find machines that are in the other VPC themselves", async () => {
    const { faults } = await playAnew("example-second-vpc", 1, ({ region }) => {
      const [group] = region.autoScaling.groups.values();
      assert.ok(group);
      group.subnets = region.deployment.subnets.filter(({ vpcId }) => vpcId === "vpc-backend");
    });
    assert.equal(faults.length, 2);
    for (const fault of faults) {
      assert.match(fault, /^expected i-\w+ to have one interface in the other VPC$/);
    }
  });
});
