import assert from "node:assert/strict";
import { NetworkInterfaceManager } from "../../components/networkInterfaceManager";
import { NetworkInterfacePool } from "../../components/networkInterfacePool";
import { OnDemandPool } from "../../components/onDemandPool";
import { deploy, typesAndNames } from "../mocks";

describe("a preview whose provider isn't configured yet, and answers with nothing", () => {
  const subnetIds = ["subnet-later", "subnet-2-later"];
  const securityGroupIds = ["sg-later"];
  let manager: NetworkInterfaceManager;
  before(async () => {
    const pools = ["licence", { name: "backend", onDemand: { subnetIds, securityGroupIds } }];
    manager = (await deploy(() => new NetworkInterfaceManager("shared", { pools }))).value;
  });

  for (const [what, create, expected] of [
    [
      "a pool of fixed addresses",
      () =>
        new NetworkInterfacePool("licence", {
          subnetId: "subnet-later",
          addresses: ["10.1.0.10"],
          securityGroupIds,
          group: { subnetIds: ["subnet-2-later"], securityGroupIds },
          manager,
        }),
      "aws:ec2/networkInterface:NetworkInterface licence-0",
    ],
    [
      "a pool of interfaces that exist already",
      () => new NetworkInterfacePool("licence", { networkInterfaceIds: ["eni-later"], manager }),
      "aws:ec2/tag:Tag licence-eni-later",
    ],
    [
      "a pool on demand",
      () =>
        new OnDemandPool("backend", {
          subnetIds,
          securityGroupIds,
          group: { maxSize: 1 },
          manager,
        }),
      "aws:autoscaling/group:Group backend",
    ],
  ] as const) {
    it(`finds no mistake in ${what}`, async () => {
      const { registrations } = await deploy(create, { preview: true });
      assert.ok(typesAndNames(registrations).includes(expected));
    });
  }
});
