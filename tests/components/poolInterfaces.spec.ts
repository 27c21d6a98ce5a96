import * as aws from "@pulumi/aws";
import assert from "node:assert/strict";
import { NetworkInterfaceManager } from "../../components/networkInterfaceManager";
import {
  NetworkInterfacePool,
  type NetworkInterfacePoolArgs,
} from "../../components/networkInterfacePool";
import { valueOf } from "../../simulator/deploy/engine";
import {
  deploy,
  type Deployment,
  type DeploymentOptions,
  find,
  typesAndNames,
  UNKNOWN,
} from "../mocks";

const INTERFACE = "aws:ec2/networkInterface:NetworkInterface";
const EIP = "aws:ec2/eip:Eip";
const ASSOCIATION = "aws:ec2/eipAssociation:EipAssociation";
const GROUP = "network-interface-pool:index:SingleZoneGroup";
const POOL = "network-interface-pool:index:NetworkInterfacePool";

const GATEWAY_CALL = "aws:ec2/getInternetGateway:getInternetGateway";
const SECURITY_GROUP_CALL = "aws:ec2/getSecurityGroup:getSecurityGroup";
const SUBNET_CALL = "aws:ec2/getSubnet:getSubnet";
const TYPE_CALL = "aws:ec2/getInstanceType:getInstanceType";

describe("NetworkInterfacePool, given more than one address an interface", () => {
  let shared: NetworkInterfaceManager;
  before(async () => {
    shared = (await deploy(() => new NetworkInterfaceManager("shared"))).value;
  });

  const create = (args: Partial<NetworkInterfacePoolArgs>) => () =>
    new NetworkInterfacePool("licence", {
      subnetId: "subnet-a",
      manager: shared,
      securityGroupIds: [args.subnetId === "subnet-dual" ? "sg-closed" : "sg-1"],
      ...args,
    });
  const deployPool = (args: Partial<NetworkInterfacePoolArgs>, options?: DeploymentOptions) =>
    deploy(create(args), options);

  const inputsOf = ({ registrations }: Deployment, slot: number) =>
    find(registrations, INTERFACE, `licence-${slot}`).inputs;

  const plain = (slot: number) => ({
    subnetId: "subnet-a",
    securityGroups: ["sg-1"],
    description: `Slot ${slot} of a network interface pool`,
    tags: { Name: `licence-${slot}`, "network-interface-manager-pool": "licence" },
  });

  describe("secondary addresses", () => {
    let deployment: Deployment & { value: NetworkInterfacePool };
    before(async () => {
      deployment = await deployPool({
        addresses: ["10.1.0.11", "10.1.0.10"],
        secondaryAddresses: [["10.1.0.9", "10.1.0.20"], []],
      });
    });

    it("come after the first one in the list whose order the provider keeps", () => {
      assert.deepEqual(inputsOf(deployment, 0), {
        ...plain(0),
        privateIpListEnabled: true,
        privateIpLists: ["10.1.0.11", "10.1.0.9", "10.1.0.20"],
      });
    });

    it("leave an interface that has none as it would be without them", () => {
      assert.deepEqual(inputsOf(deployment, 1), { ...plain(1), privateIps: ["10.1.0.10"] });
    });

    it("are no part of the pool's addresses, which are the first ones", async () => {
      assert.deepEqual(await valueOf(deployment.value.addresses), ["10.1.0.11", "10.1.0.10"]);
    });
  });

  describe("IPv6 addresses", () => {
    it("are as many as asked for, chosen by EC2, and told in slot order", async () => {
      const deployment = await deployPool({
        subnetId: "subnet-dual",
        size: 2,
        ipv6AddressCount: 2,
      });
      assert.deepEqual(inputsOf(deployment, 1), {
        ...plain(1),
        subnetId: "subnet-dual",
        securityGroups: ["sg-closed"],
        ipv6AddressCount: 2,
      });
      assert.deepEqual(await valueOf(deployment.value.ipv6Addresses), [
        ["ipv6-0-of-licence-0", "ipv6-1-of-licence-0"],
        ["ipv6-0-of-licence-1", "ipv6-1-of-licence-1"],
      ]);
    });
  });

  for (const sourceDestCheck of [true, false]) {
    it(`hands on that source and destination are ${sourceDestCheck ? "" : "not "}checked`, async () => {
      const deployment = await deployPool({ size: 1, sourceDestCheck });
      assert.deepEqual(inputsOf(deployment, 0), { ...plain(0), sourceDestCheck });
    });
  }

  describe("public addresses", () => {
    let deployment: Deployment & { value: NetworkInterfacePool };
    before(async () => {
      deployment = await deployPool({
        addresses: ["10.1.0.11", "10.1.0.10"],
        publicAddresses: true,
        poolName: "Licence",
        retainOnDelete: true,
        group: {},
      });
    });

    it("are one Elastic IP for each interface, with its name", () => {
      for (const slot of [0, 1]) {
        assert.deepEqual(find(deployment.registrations, EIP, `licence-${slot}`).inputs, {
          domain: "vpc",
          tags: { Name: `Licence-${slot}` },
        });
        assert.deepEqual(find(deployment.registrations, ASSOCIATION, `licence-${slot}`).inputs, {
          allocationId: `eipalloc-licence-${slot}`,
          networkInterfaceId: `eni-licence-${slot}`,
        });
      }
    });

    it("are told in slot order", async () => {
      assert.deepEqual(await valueOf(deployment.value.publicIps), [
        "public-ip-of-licence-0",
        "public-ip-of-licence-1",
      ]);
    });

    it("are protected and retained as the interfaces are", () => {
      const options = [INTERFACE, EIP, ASSOCIATION].map((type) => {
        const { protect, retainOnDelete } = find(deployment.registrations, type, "licence-0");
        return [protect, retainOnDelete];
      });
      assert.deepEqual(options, [
        [true, true],
        [true, true],
        [false, true],
      ]);
    });

    it("are there before the group is, and so stay until it is gone", () => {
      const { dependencies } = find(deployment.registrations, GROUP, "licence");
      const associations = dependencies.filter((one) => one.startsWith("EipAssociation"));
      assert.deepEqual(associations, ["EipAssociation licence-0", "EipAssociation licence-1"]);
    });

    it("are none where they aren't asked for", async () => {
      const without = await deployPool({ size: 1, publicAddresses: false });
      assert.deepEqual(typesAndNames(without.registrations), [
        `${INTERFACE} licence-0`,
        `${POOL} licence`,
      ]);
      assert.deepEqual(await valueOf(without.value.publicIps), []);
    });
  });

  describe("lookups", () => {
    const tokensOf = ({ calls }: Deployment) => calls.map(({ token }) => token).sort();

    it("ask for nothing but subnet and security groups where an interface has one address", async () => {
      const deployment = await deployPool({ size: 1, ipv6AddressCount: 0, group: {} });
      assert.deepEqual(tokensOf(deployment), [SECURITY_GROUP_CALL, SUBNET_CALL]);
    });

    it("ask for the VPC's gateway and for the group's instance type where that matters", async () => {
      const deployment = await deployPool({
        addresses: ["10.1.0.10"],
        secondaryAddresses: [["10.1.0.20"]],
        publicAddresses: true,
        group: {},
      });
      assert.deepEqual(tokensOf(deployment), [
        TYPE_CALL,
        GATEWAY_CALL,
        SECURITY_GROUP_CALL,
        SUBNET_CALL,
      ]);
    });

    it("leave a preview whose subnet doesn't exist yet without a mistake", async () => {
      const preview = await deploy(
        () => {
          const subnet = new aws.ec2.Subnet("new", { vpcId: "vpc-1" });
          return create({
            subnetId: subnet.id,
            size: 1,
            ipv6AddressCount: 1,
            publicAddresses: true,
            group: {},
          })();
        },
        { preview: true },
      );
      assert.deepEqual(tokensOf(preview), [TYPE_CALL]);
      assert.equal(find(preview.registrations, EIP, "licence-0").inputs.domain, "vpc");
      assert.equal(
        find(preview.registrations, ASSOCIATION, "licence-0").inputs.networkInterfaceId,
        UNKNOWN,
      );
    });
  });
});
