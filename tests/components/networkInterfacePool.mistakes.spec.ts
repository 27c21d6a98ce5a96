import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { NetworkInterfaceManager } from "../../components/networkInterfaceManager";
import {
  NetworkInterfacePool,
  type NetworkInterfacePoolArgs,
} from "../../components/networkInterfacePool";
import { deploy, refuse, typesAndNames } from "../mocks";

describe("NetworkInterfacePool, given a mistake", () => {
  let shared: NetworkInterfaceManager;
  before(async () => {
    const create = () => new NetworkInterfaceManager("shared", { tagKey: "team:pool" });
    shared = (await deploy(create)).value;
  });

  const range = "write a whole number from 1 to 1000";
  const cases: [string, Partial<NetworkInterfacePoolArgs>, string][] = [
    [
      "neither addresses nor size",
      {},
      'has no interfaces; write addresses: ["10.0.0.10"] for fixed addresses, size: 1, or networkInterfaceIds',
    ],
    [
      "both addresses and size",
      { addresses: ["10.1.0.10"], size: 1 },
      "has addresses (1) and size (1); write one of them",
    ],
    [
      "no subnet",
      { size: 1, subnetId: undefined },
      "subnetId is missing; write the subnet of the interfaces",
    ],
    ["a size of 0", { size: 0 }, `size is 0; ${range}`],
    ["a size of 1.5", { size: 1.5 }, `size is 1.5; ${range}`],
    ["a size of 1001", { size: 1001 }, `size is 1001; ${range}`],
    ["no addresses", { addresses: [] }, "addresses has 0 entries; write 1 to 1000"],
    [
      "an address that is no IPv4",
      { addresses: ["10.1.0.10", "::1"] },
      'addresses[1] is "::1"; write an IPv4 address like 10.0.0.10',
    ],
    [
      "a reserved address",
      { addresses: ["224.0.0.1"] },
      "addresses[0] is 224.0.0.1, which is reserved (multicast); write an address of the pool's subnet",
    ],
    [
      "an address that is there twice",
      { addresses: ["10.1.0.10", "10.1.0.10"] },
      "addresses[1] is 10.1.0.10, as addresses[0] is; write every address once",
    ],
    [
      "an empty poolName",
      { size: 1, poolName: "" },
      "poolName is empty; write the pool's name, the value of its tag",
    ],
    [
      "a poolName of 129 characters",
      { size: 1, poolName: "n".repeat(129) },
      "poolName has 129 characters; write at most 128",
    ],
    [
      "a group with two images",
      { size: 1, group: { imageId: "ami-1", imageParameter: "/images/debian" } },
      "group has both imageId and imageParameter; write one of them",
    ],
    [
      "a tag key that is not the manager's, and all other mistakes with it",
      { size: 2, tagKey: "team pool", group: { maxSize: 3 } },
      "group.maxSize is 3; write a whole number from 0 to 2, the interfaces of the pool\n" +
        'tagKey is "team pool"; write up to 128 of letters, digits and + - = . , _ : @, ' +
        "not beginning with aws: and not Name\n" +
        'tagKey is "team pool", but the manager\'s is "team:pool"; leave it out',
    ],
  ];
  for (const [mistake, args, message] of cases) {
    it(`refuses ${mistake}`, async () => {
      const { error, registrations, calls } = await refuse(
        () =>
          new NetworkInterfacePool("licence", { subnetId: "subnet-a", manager: shared, ...args }),
      );
      assert.ok(pulumi.ResourceError.isInstance(error));
      assert.equal(error.message, message);
      assert.equal(error.hideStack, true);
      assert.deepEqual(typesAndNames(registrations), [
        "network-interface-pool:index:NetworkInterfacePool licence",
      ]);
      assert.deepEqual(calls, []);
    });
  }
});
