import { setTimeout } from "node:timers/promises";
import type { Deployment } from "../../simulator/deploy/engine";
import type { Tags } from "../../simulator/aws/ec2/state";
import { Region } from "../../simulator/aws/region";
import { exactTimings } from "../simulator/aws/services";
import { loadClients, Names, REGION, type TestCloud, type TestWorld, ZONE } from "./world";

/** Longer than anything takes with the timings of the tests. */
const SETTLE_SECONDS = 60;

/** The deployment with every right, as moto knows none, and without what would act in its world. */
function ofCallsAlone(deployment: Deployment): Deployment {
  const Statement = [{ Effect: "Allow", Action: "*", Resource: "*" }];
  const policy = JSON.stringify({ Version: "2012-10-17", Statement });
  const left = [
    "aws:autoscaling/group:Group",
    "aws:ec2/networkInterface:NetworkInterface",
    "aws:lambda/eventSourceMapping:EventSourceMapping",
  ];
  const resources = deployment.resources
    .filter(({ type }) => !left.includes(type))
    .map((resource) =>
      resource.type === "aws:iam/rolePolicy:RolePolicy"
        ? { ...resource, inputs: { ...resource.inputs, policy } }
        : resource,
    );
  return { ...deployment, resources, subnets: [...deployment.subnets] };
}

/** The AWS of a simulated Region. */
export async function openSimulated(deployment: Deployment): Promise<TestCloud> {
  const region = await Region.open(ofCallsAlone(deployment), { seed: 1, timings: exactTimings });
  const load = (pageSize?: number) => loadClients(deployment, region.endpoint, pageSize);
  const { createAwsCalls } = load();
  let interfaceCount = 0;
  const nextNumber = () => (interfaceCount += 1);
  return {
    openWorld: (tagKey) =>
      Promise.resolve({
        ...openWorld(tagKey, region, nextNumber),
        aws: createAwsCalls(tagKey),
        loadClients: load,
      }),
    close: () => region.close(),
  };
}

/** A subnet of its own, and what a person puts there. */
function openWorld(
  tagKey: string,
  region: Region,
  nextNumber: () => number,
): Omit<TestWorld, "aws" | "loadClients"> {
  const { ec2, autoScaling, deployment } = region;
  const subnet = { id: `subnet-${tagKey}`, vpcId: `vpc-${tagKey}`, availabilityZone: ZONE };
  // To make interfaces in; the simulator takes their addresses from elsewhere.
  deployment.subnets.push({ ...subnet, cidrBlock: "10.0.0.0/24", isPublic: false });
  const names = new Names();
  /** Changes the tags of what has this name. */
  const retag = (name: string, change: (tags: Tags) => Tags) => {
    const id = names.idOf(name);
    const group = autoScaling.groups.get(id);
    if (group === undefined) {
      const resource = ec2.instances.get(id) ?? ec2.interfaceById(id);
      ec2.setTags(resource, change(resource.tags));
    } else group.tags = change(group.tags);
    return Promise.resolve();
  };
  return {
    tagKey,
    subnetId: subnet.id,
    names,
    idOf: (name) => names.idOf(name),
    answer: async (call) => {
      let isOver = false;
      const end = () => {
        isOver = true;
      };
      call.then(end, end);
      while (!(await region.run(1, () => isOver))) {
        // The time of these clients is real, and they may wait before they try again.
        await setTimeout(1);
      }
      return call;
    },
    createInterface: (name, address, tags) => {
      const number = nextNumber().toString(16).padStart(2, "0");
      const macAddress = `02:00:00:00:00:${number}`;
      const id = `eni-${number.padStart(17, "0")}`;
      ec2.createNetworkInterface({ id, subnet, address, macAddress, tags });
      names.set(id, name);
      return Promise.resolve();
    },
    runInstance: (name, type, tags) => {
      names.set(ec2.runInstance(type, subnet, tags).id, name);
      return Promise.resolve();
    },
    createGroup: ({ name, type, size, tags }) => {
      const id = `${name}-${tagKey}`;
      autoScaling.createGroup({
        name: id,
        arn: `arn:aws:autoscaling:${REGION}:123456789012:autoScalingGroup:1:autoScalingGroupName/${id}`,
        subnets: [subnet],
        minSize: 0,
        maxSize: size,
        desiredCapacity: size,
        instanceType: type,
        tags,
        propagatedTags: tags,
        hooks: [],
      });
      names.set(id, name);
      return Promise.resolve();
    },
    putWarmPool: (group, minSize) => {
      autoScaling.putWarmPool(names.idOf(group), {
        poolState: "Stopped",
        minSize,
        maxGroupPreparedCapacity: 2,
        reuseOnScaleIn: true,
      });
      return Promise.resolve();
    },
    hold: (networkInterface, instance, deviceIndex) => {
      const id = names.idOf(networkInterface);
      ec2.attachNetworkInterface(id, names.idOf(instance), deviceIndex, 0);
      return Promise.resolve();
    },
    setTag: (name, key, value) => retag(name, (tags) => ({ ...tags, [key]: value })),
    deleteTag: (name, key) =>
      retag(name, (tags) =>
        Object.fromEntries(Object.entries(tags).filter(([candidate]) => candidate !== key)),
      ),
    command: (instance, command) => {
      const id = names.idOf(instance);
      if (command === "stop") ec2.stopInstance(id);
      else if (command === "start") ec2.startInstance(id);
      else ec2.terminateInstance(id);
      return Promise.resolve();
    },
    settle: async () => {
      await region.run(SETTLE_SECONDS);
    },
  };
}
