/*
 * A bastion: the one machine that people log in to from outside.
 *
 * Needs: a public subnet, the range of addresses that people come from, and an EC2 key pair.
 *
 * When the machine is replaced, its public and its private address stay, so that neither DNS nor
 * anybody's list of allowed addresses changes. Its SSH host keys do not stay: sign them by a certificate
 * authority that clients trust, or clients warn of another host at the same address.
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { NetworkInterfacePool } from "../../components/networkInterfacePool";

const SSH_PORT = 22;

export = () => {
  const config = new pulumi.Config();
  const subnetId = config.require("subnetId");
  const securityGroup = new aws.ec2.SecurityGroup("bastion", {
    description: "Bastion: SSH in from known addresses, everything out",
    vpcId: aws.ec2.getSubnetOutput({ id: subnetId }).vpcId,
    ingress: [
      {
        protocol: "tcp",
        fromPort: SSH_PORT,
        toPort: SSH_PORT,
        cidrBlocks: [config.require("sshCidrBlock")],
      },
    ],
    egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
  });
  const pool = new NetworkInterfacePool("bastion", {
    subnetId,
    size: 1,
    publicAddresses: true,
    securityGroupIds: [securityGroup.id],
    group: { keyName: config.require("keyName") },
  });
  return { publicAddress: pool.publicIps.apply(([publicIp]) => publicIp) };
};
