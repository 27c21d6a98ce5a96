import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { TAG_KEY } from "./stackBuilders";

interface PoolResources {
  a: aws.ec2.Subnet;
  b: aws.ec2.Subnet;
  interfaces: aws.ec2.NetworkInterface[];
}

export const POOL_TAGS = { [TAG_KEY]: "licence" };

/** The tag of a group of this pool, or of these. */
export const tagOf = (value = "licence") => ({ key: TAG_KEY, value, propagateAtLaunch: true });

/** Two subnets in two zones, and a pool of two protected interfaces in the first. */
function createPool(): PoolResources {
  const vpcId = "vpc-1";
  const a = new aws.ec2.Subnet("a", { vpcId, availabilityZone: "eu-west-1a" });
  const b = new aws.ec2.Subnet("b", { vpcId, availabilityZone: "eu-west-1b" });
  const interfaces = [0, 1].map((slot) => createInterface(`licence-${slot}`, a.id));
  return { a, b, interfaces };
}

export function createInterface(
  name: string,
  subnetId: pulumi.Input<string>,
  { pool = "licence", protect = true } = {},
): aws.ec2.NetworkInterface {
  const tags = { [TAG_KEY]: pool };
  return new aws.ec2.NetworkInterface(name, { subnetId, tags }, { protect });
}

type GroupArgs = Partial<aws.autoscaling.GroupArgs>;

/** A group of the pool by hand, with its launch template. */
export function createGroup({ a }: PoolResources, args: GroupArgs = {}): void {
  const template = new aws.ec2.LaunchTemplate("web", { imageId: "ami-1" });
  new aws.autoscaling.Group("web", {
    vpcZoneIdentifiers: [a.id],
    minSize: 0,
    maxSize: 2,
    launchTemplate: { id: template.id },
    tags: [tagOf()],
    ...args,
  });
}

/** The program that the others are made of. */
export function createCompliant(): void {
  createGroup(createPool());
}

export const withGroup = (argsOf: (pool: PoolResources) => GroupArgs) => () => {
  const pool = createPool();
  createGroup(pool, argsOf(pool));
};

export const besidePool = (create: (pool: PoolResources) => unknown) => () => {
  create(createPool());
};

/** A launch template that gives its instances the pool tag. */
export const createTaggedTemplate = () =>
  new aws.ec2.LaunchTemplate("web", {
    tagSpecifications: [{ resourceType: "instance", tags: POOL_TAGS }],
  });

/** Puts an interface that exists already into pool "given". */
export function giveInterface(): void {
  new aws.ec2.Tag("given", { resourceId: "eni-0", key: TAG_KEY, value: "given" });
}

/** A manager's function by hand, with its role. */
export function createManager(variables: Record<string, string> = {}): aws.iam.Role {
  const role = new aws.iam.Role("manager", { assumeRolePolicy: "{}" });
  new aws.lambda.Function("manager", {
    role: role.arn,
    packageType: "Image",
    imageUri: "image",
    environment: { variables: { POOL_TAG_KEY: TAG_KEY, ...variables } },
  });
  return role;
}
