/*
 * Machines of one VPC that have an interface each in another one, as between a front and a back end that
 * must not be routed together. Their addresses there may change, and their number is not limited.
 *
 * Needs: subnets and a security group of each of the two VPCs, which are of one account; the other VPC has
 * a subnet in every Availability Zone in which the machines launch.
 *
 * When a machine is replaced, the new one has a new interface in the other VPC, and the old interface ends
 * with the old machine. Nothing stays; what must be found at the same address wants a pool of fixed ones.
 */
import * as pulumi from "@pulumi/pulumi";
import { OnDemandPool } from "../../components/onDemandPool";

export = () => {
  const config = new pulumi.Config();
  const pool = new OnDemandPool("backend", {
    subnetIds: config.requireObject<string[]>("backendSubnetIds"),
    securityGroupIds: [config.require("backendSecurityGroupId")],
    group: {
      subnetIds: config.requireObject<string[]>("subnetIds"),
      securityGroupIds: [config.require("securityGroupId")],
      desiredCapacity: 2,
      maxSize: 6,
    },
  });
  return { groupName: pool.group?.group.name };
};
