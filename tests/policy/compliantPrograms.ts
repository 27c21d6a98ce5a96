import * as aws from "@pulumi/aws";
import { NetworkInterfaceManager } from "../../components/networkInterfaceManager";
import {
  besidePool,
  createCompliant,
  createGroup,
  createInterface,
  createManager,
  giveInterface,
  tagOf,
  withGroup,
} from "./programBuilders";

/** A program that nothing stops, and what is shown beside it: the resource and words of a note. */
interface CompliantProgram {
  title: string;
  create: () => void;
  note?: [resource: string, says: string];
}

/** A group in the two zones of a pool that its manager's component makes on demand. */
function createOnDemand(): void {
  const vpcId = "vpc-1";
  const a = new aws.ec2.Subnet("a", { vpcId, availabilityZone: "eu-west-1a" });
  const b = new aws.ec2.Subnet("small", { vpcId, availabilityZone: "eu-west-1b" });
  const onDemand = { subnetIds: [a.id, b.id], securityGroupIds: ["sg-1"] };
  new NetworkInterfaceManager("manager", { pools: [{ name: "second", onDemand }] });
  createGroup(
    { a, b, interfaces: [] },
    { vpcZoneIdentifiers: [a.id, b.id], maxSize: 99, tags: [tagOf("second")] },
  );
}

export const compliantPrograms: CompliantProgram[] = [
  { title: "a pool and a group of it", create: createCompliant },
  {
    title: "an interface of each of two pools",
    create: withGroup(({ a }) => {
      createInterface("management-0", a.id, { pool: "management" });
      return { maxSize: 1, tags: [tagOf("licence, management")] };
    }),
  },
  {
    title: "interfaces made on demand in two zones, of whatever group",
    create: createOnDemand,
    note: ["manager", "since its policy document isn't known yet"],
  },
  {
    title: "a group in another VPC than its pool, in the same zone",
    create: besidePool((pool) => {
      const other = { vpcId: "vpc-2", availabilityZone: "eu-west-1a" };
      createGroup(pool, { vpcZoneIdentifiers: [new aws.ec2.Subnet("other", other).id] });
    }),
  },
  {
    title: "a standby beside the holders of a pool",
    create: withGroup(() => {
      createManager({ WHEN_POOL_IS_EXHAUSTED: "continue" });
      return { maxSize: 3 };
    }),
    note: ["web", 'pool "licence" has 2 interfaces: 1 instance stands by without an address'],
  },
  {
    title: "an interface that exists already",
    create: withGroup(() => {
      giveInterface();
      return { maxSize: 1, tags: [tagOf("given")] };
    }),
    note: ["web", "whose interfaces exist already, so that their zone isn't seen here"],
  },
];
