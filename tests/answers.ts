import assert from "node:assert/strict";

interface Subnet {
  availabilityZone: string;
  vpcId: string;
  cidrBlock: string;
  ipv6CidrBlock?: string;
}

const subnets: Record<string, Subnet> = {
  "subnet-a": { availabilityZone: "eu-west-1a", vpcId: "vpc-1", cidrBlock: "10.1.0.0/24" },
  "subnet-a2": { availabilityZone: "eu-west-1a", vpcId: "vpc-1", cidrBlock: "10.1.1.0/24" },
  "subnet-other": { availabilityZone: "eu-west-1a", vpcId: "vpc-other", cidrBlock: "10.1.0.0/24" },
  "subnet-small": { availabilityZone: "eu-west-1b", vpcId: "vpc-1", cidrBlock: "10.2.0.16/28" },
  "subnet-dual": {
    availabilityZone: "eu-west-1a",
    vpcId: "vpc-closed",
    cidrBlock: "10.3.0.0/24",
    ipv6CidrBlock: "2001:db8::/64",
  },
  "subnet-trial": { availabilityZone: "eu-west-1c", vpcId: "vpc-2", cidrBlock: "10.0.0.0/20" },
};

interface Interface {
  subnetId: string;
  interfaceType: string;
  tags: Record<string, string>;
  attachments: object[];
}

const attachmentOf = (instanceId: string, deviceIndex: number) => ({
  attachmentId: `eni-attach-${instanceId}`,
  instanceId,
  instanceOwnerId: instanceId === "" ? "amazon-elb" : "111122223333",
  deviceIndex,
  networkCardIndex: 0,
});

const interfaceIn = (subnetId: string, changes: Partial<Interface> = {}): Interface => ({
  subnetId,
  interfaceType: "interface",
  tags: { Name: "theirs" },
  attachments: [],
  ...changes,
});

const poolTag = (pool: string) => ({ "network-interface-manager-pool": pool });

/** Interfaces that exist already, by what is special about them. */
const interfaces: Record<string, Interface> = {
  "eni-free": interfaceIn("subnet-a"),
  "eni-neighbour": interfaceIn("subnet-a2"),
  "eni-held": interfaceIn("subnet-a", { attachments: [attachmentOf("i-old", 1)] }),
  "eni-ours": interfaceIn("subnet-a", {
    tags: poolTag("licence"),
    attachments: [attachmentOf("i-ours", 1)],
  }),
  "eni-other-zone": interfaceIn("subnet-small"),
  "eni-primary": interfaceIn("subnet-a", { attachments: [attachmentOf("i-old", 0)] }),
  "eni-service": interfaceIn("subnet-a", { attachments: [attachmentOf("", 1)] }),
  "eni-nat": interfaceIn("subnet-a", { interfaceType: "nat_gateway" }),
  "eni-doomed": interfaceIn("subnet-a", { attachments: [attachmentOf("i-old", 1)] }),
  "eni-pooled": interfaceIn("subnet-a", { tags: poolTag("cluster") }),
};

const vpcOfSecurityGroup: Record<string, string> = {
  "sg-1": "vpc-1",
  "sg-2": "vpc-1",
  "sg-other": "vpc-other",
  "sg-closed": "vpc-closed",
};

/** What is of the other VPC is shared by another account. */
function arnOf(resource: string): string {
  const account = resource.endsWith("-other") ? "444455556666" : "111122223333";
  return `arn:aws:ec2:eu-west-1:${account}:${resource}`;
}

const FILTERS_OF_DOOMED = ["network-interface-id", "attachment.delete-on-termination"];

/** What AWS answers to the functions that the program calls, of the same few things every time. */
export function answerCall(
  token: string,
  inputs: Record<string, unknown>,
): Record<string, unknown> {
  // So answers a provider whose own configuration a preview doesn't know yet.
  if (String(inputs.id).endsWith("-later")) return {};
  switch (token) {
    case "aws:ec2/getSubnet:getSubnet": {
      const subnet = subnets[String(inputs.id)];
      if (subnet === undefined) throw engineError("no matching EC2 Subnet found");
      return { ...subnet, id: inputs.id, arn: arnOf(`subnet/${String(inputs.id)}`) };
    }
    case "aws:ec2/getNetworkInterface:getNetworkInterface": {
      const id = String(inputs.id);
      const found = interfaces[id];
      if (found === undefined) throw engineError("no matching EC2 Network Interface found");
      const { availabilityZone, vpcId } = subnets[found.subnetId] ?? {};
      return {
        ...found,
        id,
        availabilityZone,
        vpcId,
        privateIp: `address-of-${id}`,
        macAddress: `mac-of-${id}`,
        ipv6Addresses: [`ipv6-of-${id}`],
        securityGroups: ["sg-1", "sg-2"],
      };
    }
    case "aws:ec2/getNetworkInterfaces:getNetworkInterfaces": {
      const [ids, ends] = inputs.filters as { name: string; values: string[] }[];
      assert.deepEqual([ids?.name, ends?.name], FILTERS_OF_DOOMED);
      assert.deepEqual(ends?.values, ["true"]);
      assert.ok(ids !== undefined && ids.values.length <= 200);
      return { ids: ids.values.filter((id) => id === "eni-doomed") };
    }
    case "aws:ec2/getSecurityGroup:getSecurityGroup": {
      const vpcId = vpcOfSecurityGroup[String(inputs.id)];
      if (vpcId === undefined) throw engineError("no matching EC2 Security Group found");
      return { id: inputs.id, vpcId, arn: arnOf(`security-group/${String(inputs.id)}`) };
    }
    case "aws:ec2/getInternetGateway:getInternetGateway": {
      const [{ name, values }] = inputs.filters as [{ name: string; values: string[] }];
      assert.equal(name, "attachment.vpc-id");
      if (values.includes("vpc-closed")) {
        throw engineError("no matching EC2 Internet Gateway found");
      }
      return { id: "igw-1", internetGatewayId: "igw-1" };
    }
    case "aws:ec2/getInstanceType:getInstanceType":
      return limitsOf(String(inputs.instanceType));
    case "aws:ec2/getAmi:getAmi":
      assert.deepEqual(inputs, {
        filters: [{ name: "image-id", values: ["ami-debian"] }],
        includeDeprecated: true,
      });
      return { id: "ami-debian", rootDeviceName: "/dev/sda1" };
    case "aws:ssm/getParameter:getParameter":
      assert.deepEqual(inputs, { name: "/images/debian" });
      return { insecureValue: "ami-debian" };
    default:
      throw new Error(`the mocks know no function ${token}`);
  }
}

/** What AWS refuses, not the mocks. The SDK reads the details and not the message. */
function engineError(details: string): Error {
  return Object.assign(new Error(details), { details });
}

export function isEngineError(error: unknown): boolean {
  return error instanceof Error && "details" in error;
}

/** How many interfaces each type takes, and how many addresses of each kind on one. */
const limits: Record<string, [interfaces: number, addresses: number]> = {
  "t4g.micro": [2, 2],
  "t4g.small": [3, 4],
};

function limitsOf(instanceType: string): Record<string, unknown> {
  const found = limits[instanceType];
  if (found === undefined) throw engineError("no matching EC2 Instance Type found");
  const [maximumNetworkInterfaces, addresses] = found;
  return {
    instanceType,
    maximumNetworkInterfaces,
    maximumIpv4AddressesPerInterface: addresses,
    maximumIpv6AddressesPerInterface: addresses,
  };
}
