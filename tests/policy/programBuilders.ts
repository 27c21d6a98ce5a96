import * as aws from "@pulumi/aws";
import { TAG_KEY } from "./stackBuilders";

export interface PoolResources {
  a: aws.ec2.Subnet;
  b: aws.ec2.Subnet;
  interfaces: aws.ec2.NetworkInterface[];
}

/** A program with a mistake, the one policy that stops it, and the resource and words of its message. */
export interface ViolatingProgram {
  title: string;
  policy: string;
  resource: string;
  says: string;
  create: () => void;
}

export const pool = { [TAG_KEY]: "licence" };
export const groupTag = { key: TAG_KEY, value: "licence", propagateAtLaunch: true };

/** Two subnets in two zones, and a pool of two protected interfaces in the first. */
export function createPool(): PoolResources {
  const vpcId = "vpc-1";
  const a = new aws.ec2.Subnet("a", { vpcId, availabilityZone: "eu-west-1a" });
  const b = new aws.ec2.Subnet("b", { vpcId, availabilityZone: "eu-west-1b" });
  const interfaces = [0, 1].map(
    (slot) =>
      new aws.ec2.NetworkInterface(
        `licence-${slot}`,
        { subnetId: a.id, tags: pool },
        { protect: true },
      ),
  );
  return { a, b, interfaces };
}

/** A group of the pool by hand, with its launch template. */
export function createGroup(
  { a }: PoolResources,
  args: Partial<aws.autoscaling.GroupArgs> = {},
): void {
  const template = new aws.ec2.LaunchTemplate("web", { imageId: "ami-1" });
  new aws.autoscaling.Group("web", {
    vpcZoneIdentifiers: [a.id],
    minSize: 0,
    maxSize: 2,
    launchTemplate: { id: template.id },
    tags: [groupTag],
    ...args,
  });
}

/** The program that the wrong ones are made of. */
export function createCompliant(): void {
  createGroup(createPool());
}

export const withGroup =
  (args: (parts: PoolResources) => Partial<aws.autoscaling.GroupArgs>) => () => {
    const parts = createPool();
    createGroup(parts, args(parts));
  };

export const besidePool = (create: (parts: PoolResources) => unknown) => () => {
  create(createPool());
};
