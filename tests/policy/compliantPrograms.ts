import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { NetworkInterfaceManager } from "../../components/networkInterfaceManager";
import type { ManagedPool } from "../../components/networkInterfaceManager/pools";
import { onDemand, TAG_KEY } from "./stackBuilders";
import {
  besidePool,
  createGroup,
  groupTag,
  type ViolatingProgram,
  withGroup,
} from "./programBuilders";

/** A program without a mistake, and what is shown beside it: the resource and words of a note. */
interface CompliantProgram {
  title: string;
  create: () => void;
  note?: [resource: string, says: string];
}

const tagOf = (value: string) => ({ ...groupTag, value });

/** A manager's function by hand, with its role. */
function createManager(variables: Record<string, string>): aws.iam.Role {
  const role = new aws.iam.Role("manager", { assumeRolePolicy: "{}" });
  new aws.lambda.Function("manager", {
    role: role.arn,
    packageType: "Image",
    imageUri: "image",
    environment: { variables: { POOL_TAG_KEY: TAG_KEY, ...variables } },
  });
  return role;
}

/** A manager of pool "second", which is made on demand in a subnet of eu-west-1a. */
const onDemandInA = () =>
  createManager({
    POOL_SETTINGS: JSON.stringify({ second: onDemand({ "eu-west-1a": "subnet-second" }) }),
  });

/** Gives the manager's role a right on all there is. */
const allow = (Action: string) => () => {
  const { name: role } = createManager({});
  const Statement = [{ Effect: "Allow", Action, Resource: "*" }];
  new aws.iam.RolePolicy("hand", { role, policy: JSON.stringify({ Statement }) });
};

/** Puts an interface that exists already into pool "given". */
function giveInterface(): void {
  new aws.ec2.Tag("given", { resourceId: "eni-0", key: TAG_KEY, value: "given" });
}

/** An interface of pool "management" beside those of pool "licence". */
function createManagement(subnetId: pulumi.Input<string>): void {
  const tags = { [TAG_KEY]: "management" };
  new aws.ec2.NetworkInterface("management-0", { subnetId, tags }, { protect: true });
}

/** A manager's component whose pools are of the subnets "a" and "small", which are new. */
function createComponent(pools: (subnetIds: pulumi.Output<string>[]) => ManagedPool[]) {
  const vpcId = "vpc-1";
  const a = new aws.ec2.Subnet("a", { vpcId, availabilityZone: "eu-west-1a" });
  const b = new aws.ec2.Subnet("small", { vpcId, availabilityZone: "eu-west-1b" });
  new NetworkInterfaceManager("manager", { pools: pools([a.id, b.id]) });
  return { a, b, interfaces: [] };
}

export const compliantPrograms: CompliantProgram[] = [
  {
    title: "an interface of each of two pools",
    create: besidePool((parts) => {
      createManagement(parts.a.id);
      createGroup(parts, { maxSize: 1, tags: [tagOf("licence, management")] });
    }),
  },
  {
    title: "interfaces made on demand in two zones, of whatever group",
    create: () => {
      const parts = createComponent((subnetIds) => [
        { name: "second", onDemand: { subnetIds, securityGroupIds: ["sg-1"] } },
      ]);
      createGroup(parts, {
        vpcZoneIdentifiers: [parts.a.id, parts.b.id],
        maxSize: 99,
        tags: [tagOf("second")],
      });
    },
    note: ["manager", "since its policy document isn't known yet"],
  },
  {
    title: "a group in another VPC than its pool, in the same zone",
    create: besidePool((parts) => {
      const other = { vpcId: "vpc-2", availabilityZone: "eu-west-1a" };
      const subnet = new aws.ec2.Subnet("other", other);
      createGroup(parts, { vpcZoneIdentifiers: [subnet.id] });
    }),
  },
  {
    title: "a standby beside the holders of a pool",
    create: besidePool((parts) => {
      createManager({ WHEN_POOL_IS_EXHAUSTED: "continue" });
      createGroup(parts, { maxSize: 3 });
    }),
    note: ["web", 'pool "licence" has 2 interfaces: 1 instance stands by without an address'],
  },
  {
    title: "an interface that exists already",
    create: besidePool((parts) => {
      giveInterface();
      createGroup(parts, { maxSize: 1, tags: [tagOf("given")] });
    }),
    note: ["web", "whose interfaces exist already, so that their zone isn't seen here"],
  },
];

export const violatingManagerPrograms: ViolatingProgram[] = [
  {
    title: "a group in another zone than the second of its pools",
    policy: "group-in-pool-zone",
    resource: "web",
    says: 'uses pool "management" and launches in eu-west-1a (subnet "a"), but the pool\'s interfaces are in eu-west-1b',
    create: besidePool((parts) => {
      createManagement(parts.b.id);
      createGroup(parts, { maxSize: 1, tags: [tagOf("licence,management")] });
    }),
  },
  {
    title: "a group larger than the second of its pools",
    policy: "group-fits-pool",
    resource: "web",
    says: 'may run 2 instances (maxSize), but pool "management" has 1 interface',
    create: besidePool((parts) => {
      createManagement(parts.a.id);
      createGroup(parts, { tags: [tagOf("licence,management")] });
    }),
  },
  {
    title: "a misspelt pool behind another",
    policy: "pool-tag-propagates",
    resource: "web",
    says: 'names pool "managment" in its tags, which is neither in this stack nor in the configuration. Did you mean "management"?',
    create: besidePool((parts) => {
      createManagement(parts.a.id);
      createGroup(parts, { maxSize: 1, tags: [tagOf("licence,managment")] });
    }),
  },
  {
    title: "an interface that names two pools",
    policy: "pool-in-one-zone",
    resource: "both",
    says: 'has the tag of pool "licence,management", but an interface is of one pool',
    create: besidePool(({ a }) => {
      const tags = { [TAG_KEY]: "licence,management" };
      new aws.ec2.NetworkInterface("both", { subnetId: a.id, tags }, { protect: true });
    }),
  },
  {
    title: "a group in a zone in which its pool on demand has no subnet",
    policy: "group-in-pool-zone",
    resource: "web",
    says: 'launches in eu-west-1b (subnet "b"), where the pool has no subnet: its subnets are in eu-west-1a',
    create: withGroup(({ a, b }) => {
      onDemandInA();
      return { vpcZoneIdentifiers: [a.id, b.id], tags: [tagOf("second")] };
    }),
  },
  {
    title: "a misspelt pool on demand",
    policy: "pool-tag-propagates",
    resource: "web",
    says: 'names pool "secnd" in its tags, which is neither in this stack nor in the configuration. Did you mean "second"?',
    create: withGroup(({ a, b }) => {
      onDemandInA();
      return { vpcZoneIdentifiers: [a.id, b.id], tags: [tagOf("secnd")] };
    }),
  },
  {
    title: "a group larger than its pool, whose manager makes no standbys of it",
    policy: "group-fits-pool",
    resource: "web",
    says: 'may run 3 instances (maxSize), but pool "licence" has 2 interfaces',
    create: withGroup(() => {
      createManager({
        WHEN_POOL_IS_EXHAUSTED: "continue",
        POOL_SETTINGS: JSON.stringify({ licence: { whenExhausted: "wait" } }),
      });
      return { maxSize: 3 };
    }),
  },
  {
    title: "an interface that exists already, attached by hand",
    policy: "no-foreign-attachment",
    resource: "hand",
    says: 'attaches network interface eni-0 of pool "given" in networkInterfaceId',
    create: () => {
      giveInterface();
      const networkInterfaceId = "eni-0";
      const at = { instanceId: "i-1", deviceIndex: 1 };
      new aws.ec2.NetworkInterfaceAttachment("hand", { networkInterfaceId, ...at });
    },
  },
  {
    title: "a manager that may delete every interface",
    policy: "manager-least-privilege",
    resource: "hand",
    says: "allows ec2:DeleteNetworkInterface on interfaces that the manager didn't make",
    create: allow("ec2:DeleteNetworkInterface"),
  },
  {
    title: "a manager that may make interfaces without the pool tag",
    policy: "manager-least-privilege",
    resource: "hand",
    says: "allows ec2:CreateNetworkInterface without a condition on the pool tag that it gives",
    create: allow("ec2:CreateNetworkInterface"),
  },
  {
    title: "a manager that may write the pool tag",
    policy: "manager-least-privilege",
    resource: "hand",
    says: "allows ec2:CreateTags on what exists already",
    create: allow("ec2:CreateTags"),
  },
];
