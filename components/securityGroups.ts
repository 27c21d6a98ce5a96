import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** Creates a security group that lets nothing in and everything out. */
export function createClosedGroup(
  name: string,
  vpcId: pulumi.Output<string>,
  opts: pulumi.CustomResourceOptions,
): aws.ec2.SecurityGroup {
  return new aws.ec2.SecurityGroup(
    name,
    {
      description: "Network interface pool: nothing in, everything out",
      vpcId,
      ingress: [],
      egress: [
        {
          protocol: "-1",
          fromPort: 0,
          toPort: 0,
          cidrBlocks: ["0.0.0.0/0"],
          ipv6CidrBlocks: ["::/0"],
        },
      ],
    },
    opts,
  );
}
