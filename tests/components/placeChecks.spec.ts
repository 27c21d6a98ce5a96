import assert from "node:assert/strict";
import {
  checkGroupSubnets,
  checkOneVpc,
  checkSecurityGroup,
  type SubnetPlace,
} from "../../components/placeChecks";

const place = (subnetId: string, availabilityZone: string, vpcId: string): SubnetPlace => ({
  subnetId,
  availabilityZone,
  vpcId,
});
const a = place("subnet-a", "eu-west-1a", "vpc-1");
const b = place("subnet-b", "eu-west-1b", "vpc-1");
const other = place("subnet-other", "eu-west-1a", "vpc-2");

const strayB = {
  path: [1],
  message: "is subnet-b in eu-west-1b, but the pool is in eu-west-1a; write a subnet of eu-west-1a",
};
const strayOther = {
  path: [2],
  message: "is subnet-other of vpc-2, but subnet-a is of vpc-1; write subnets of one VPC",
};

describe("checkOneVpc", () => {
  it("accepts subnets of one VPC, in whichever zones", () => {
    assert.deepEqual(checkOneVpc([a, b]), []);
  });

  it("refuses one of another VPC than the first that could be read", () => {
    assert.deepEqual(checkOneVpc([undefined, a, other]), [strayOther]);
  });

  it("has nothing to say where none could be read", () => {
    assert.deepEqual(checkOneVpc([undefined]), []);
  });
});

describe("checkGroupSubnets", () => {
  it("accepts subnets of the pool's zone, and those that couldn't be read", () => {
    assert.deepEqual(checkGroupSubnets("eu-west-1a", [a, undefined, a]), []);
  });

  it("refuses one of another zone", () => {
    assert.deepEqual(checkGroupSubnets("eu-west-1a", [a, b]), [strayB]);
  });

  it("finds strays by zone and by VPC", () => {
    assert.deepEqual(checkGroupSubnets("eu-west-1a", [a, b, other]), [strayB, strayOther]);
  });

  it("leaves zones aside while the pool's isn't known", () => {
    assert.deepEqual(checkGroupSubnets(undefined, [a, b, other]), [strayOther]);
  });

  it("refuses an empty list", () => {
    const message = "is an empty list; write a subnet's id, or leave it out";
    assert.deepEqual(checkGroupSubnets("eu-west-1a", []), [{ path: [], message }]);
  });
});

describe("checkSecurityGroup", () => {
  it("accepts one of the VPC", () => {
    assert.deepEqual(checkSecurityGroup({ securityGroupId: "sg-1", vpcId: "vpc-1" }, "vpc-1"), []);
  });

  it("refuses one of another", () => {
    assert.deepEqual(checkSecurityGroup({ securityGroupId: "sg-1", vpcId: "vpc-1" }, "vpc-2"), [
      {
        path: [],
        message: "is sg-1 of vpc-1, but the subnet is of vpc-2; write a security group of vpc-2",
      },
    ]);
  });
});
