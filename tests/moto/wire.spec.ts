/**
 * The archive's own SDK clients against two AWS: moto's server, whose answers a third party writes from AWS's
 * published API model, and the simulator. Both are set up alike; what the clients give, and what the manager
 * sees by them, must be the same.
 *
 * Not compared, since moto 5.2.5 lacks it:
 * - refusals by rule (interface in use, index taken, other zone, type's limit): moto accepts all of that;
 * - anything under way (`attaching`, `detaching`, `pending`, `shutting-down`): in moto all is done at once;
 * - the interfaces of a terminated instance, and the holder that is gone: moto never releases an interface;
 * - subnets that don't exist, to make an interface in: the simulator refuses them as not modelled;
 * - lifecycle actions: no member ever waits in moto, and completing or prolonging one is an HTML page;
 * - rights: moto has none, so the simulator's are thrown open;
 * - several tag keys in one filter of interfaces: moto finds what has no other tag than these;
 * - the tags `aws:ec2launchtemplate:*` of members: the simulator has no launch templates;
 * - filters, actions or parameters that the simulator refuses as not modelled: moto answers with an HTML page;
 * - the wording of errors, of which moto's differs from EC2's; the manager goes by code and status;
 * - events, the function, and metrics: moto has none, or canned ones.
 *
 * Not the same either, but held by a test, so that a moto that learns it is noticed:
 * - pages of interfaces and instance types: moto ignores MaxResults;
 * - an interface made twice by one token, or in use and deleted: moto makes two, and deletes it;
 * - `deleteOnTermination` set later, and of whichever attachment: moto takes it and leaves all as it was;
 * - who is in a warm pool: in moto nobody ever; and of a group that isn't there: moto's is an HTML page.
 */
import type { NetworkInterface } from "@aws-sdk/client-ec2";
import assert from "node:assert/strict";
import { observeWorld } from "../../handler/observe";
import { MADE_FOR_TAG_KEY } from "../../handler/names";
import { type Membership, type Settings } from "../../handler/types";
import { instanceTypes } from "../../simulator/aws/ec2/instanceTypes";
import { deploy } from "../simulator/stage";
import { openMoto } from "./motoWorld";
import { type MotoServer, startMoto, whyNoMoto } from "./server";
import { openSimulated } from "./simulatedWorld";
import type { TestCloud, TestWorld } from "./world";

/** The smallest that EC2 takes: to fill those that the clients ask for would take minutes. */
const PAGE_SIZE = 5;

const NOT_IN_MOTO = ["p6e-gb200.36xlarge"];

const SECURITY_GROUP = "sg-0123456789abcdef0";
const NO_ATTACHMENT = "eni-attach-0123456789abcdef0";

const byTag = ({ tagKey }: TestWorld) => [{ Name: "tag-key", Values: [tagKey] }];

/** Two pools, a stranger's interface and instance, and one group in a pool beside one that is in none. */
async function setUp(world: TestWorld): Promise<void> {
  const { tagKey } = world;
  await world.createInterface("first", "10.0.0.101", { [tagKey]: "one", Name: `<a> & "b" 漢` });
  await world.createInterface("second", "10.0.0.102", { [tagKey]: "one", empty: "" });
  await world.createInterface("other pool", "10.0.0.103", { [tagKey]: "two words" });
  await world.createInterface("untagged", "10.0.0.104", { Name: tagKey });
  await world.runInstance("a", "t4g.small", { [tagKey]: "one", Name: "it's <1>" });
  await world.runInstance("b", "t4g.small", { [tagKey]: "two words" });
  await world.runInstance("stranger", "t4g.small", { [`not ${tagKey}`]: tagKey });
  await world.createGroup({ name: "web", type: "t4g.micro", size: 2, tags: { [tagKey]: "one" } });
  await world.createGroup({ name: "plain", type: "t4g.micro", size: 1, tags: { Name: tagKey } });
  await world.settle();
}

/** What the manager asks for to make an interface for the instance `a`. */
const toMake = (world: TestWorld, token: string) => ({
  subnetId: world.subnetId,
  securityGroupIds: [SECURITY_GROUP],
  pool: "one",
  instanceId: world.idOf("a"),
  token: `${world.tagKey} ${token}`,
});

/** Makes an interface as the manager does; it and the address that AWS gives it have names then. */
async function make(world: TestWorld, name: string): Promise<NetworkInterface> {
  const made = await world.answer(world.aws.createNetworkInterface(toMake(world, name)));
  assert.ok(made.NetworkInterfaceId !== undefined && made.PrivateIpAddress !== undefined);
  world.names.set(made.NetworkInterfaceId, name);
  // Moto may choose an address that another interface has.
  world.names.set(`${made.NetworkInterfaceId} ${made.PrivateIpAddress}`, `address of ${name}`);
  await world.settle();
  return made;
}

async function attachmentOf(world: TestWorld, name: string) {
  const all = await world.answer(world.aws.describeNetworkInterfaces(byTag(world)));
  const id = world.idOf(name);
  return all.find(({ NetworkInterfaceId }) => NetworkInterfaceId === id)?.Attachment;
}

/** An id as the test named it, and what is unnamed by the form of its id. */
function nameOf({ names }: TestWorld, id: string): string {
  return names.get(id) ?? id.replace(/^(i|eni|eni-attach)-[0-9a-f]{17}$/, "$1");
}

function isTime(text: string): boolean {
  return new Date(text).toISOString() === text;
}

/** What the manager sees: in an order of its own, with names for ids. */
async function see(world: TestWorld) {
  const settings: Settings = { tagKey: world.tagKey, whenExhausted: "wait", poolSettings: {} };
  const seen = await world.answer(observeWorld(world.aws, settings));
  const { interfaces, instances, memberships, interfaceLimits, missingInstanceIds } = seen;
  const name = (id: string) => nameOf(world, id);
  const named = (membership: Membership) => ({
    ...membership,
    groupName: name(membership.groupName),
  });
  const compare = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  return {
    interfaces: interfaces
      .map(({ networkInterfaceId, attachment, address, madeFor, ...rest }) => ({
        name: name(networkInterfaceId),
        ...rest,
        address: world.names.get(`${networkInterfaceId} ${address}`) ?? address,
        madeFor: madeFor && name(madeFor),
        attachment: attachment && {
          ...attachment,
          attachmentId: name(attachment.attachmentId),
          instanceId: name(attachment.instanceId ?? ""),
        },
      }))
      .sort(compare),
    instances: Object.values(instances)
      .map(({ instanceId, launchTime, slots, ...rest }) => ({
        name: name(instanceId),
        ...rest,
        hasLaunchTime: isTime(launchTime),
        slots: slots
          .map(({ networkCardIndex, deviceIndex, networkInterfaceId }) => [
            `${networkCardIndex}/${deviceIndex}`,
            name(networkInterfaceId),
          ])
          .sort(compare),
        memberships: [memberships[instanceId] ?? []].flat().map(named),
      }))
      .sort(compare),
    membersUnseen: Object.entries(memberships).flatMap(([id, membership]) =>
      Object.hasOwn(instances, id) ? [] : [named(membership)],
    ),
    interfaceLimits,
    missingInstanceIds,
  };
}

/** Every field of an answer with the type of its value; elements of a list are alike. */
function fieldsOf(value: unknown, path = ""): string[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((item) => fieldsOf(item, `${path}[]`));
  if (value instanceof Date) return [`${path}: Date`];
  if (typeof value !== "object" || value === null) return [`${path}: ${typeof value}`];
  return Object.entries(value).flatMap(([key, inner]) => fieldsOf(inner, `${path}.${key}`));
}

type TagList = { Key?: string | undefined; Value?: string | undefined }[];

/** Tags by key, but for those of a launch template. */
const toRecord = (world: TestWorld, tags: TagList = []) =>
  Object.fromEntries(
    tags.flatMap(({ Key = "", Value = "" }) =>
      Key.startsWith("aws:ec2launchtemplate:") ? [] : [[Key, nameOf(world, Value)]],
    ),
  );

async function codeOf(world: TestWorld, call: Promise<unknown>): Promise<unknown[]> {
  const error = await world.answer(
    call.then(
      () => ({ name: "accepted" }),
      (thrown: unknown) => thrown,
    ),
  );
  const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
  return [name, $metadata?.httpStatusCode];
}

describe("the archive's clients, against moto and against the simulator", function () {
  let server: MotoServer | undefined;
  let moto: TestCloud | undefined;
  let simulated: TestCloud | undefined;
  // What a test creates is its own by its tag key: to start moto again for each would take seconds.
  let worlds: [ofMoto: TestWorld, ofSimulated: TestWorld];
  let count = 0;
  let tagKey = "";

  before(async function () {
    const reason = whyNoMoto();
    if (reason !== undefined) {
      console.log(`  skipped, not tested against moto: ${reason}`);
      this.skip();
    }
    const start = async () => (server = await startMoto());
    const [{ endpoint }, deployment] = await Promise.all([start(), deploy()]);
    moto = openMoto(endpoint, deployment);
    simulated = await openSimulated(deployment);
  });

  after(async () => {
    await moto?.close();
    await simulated?.close();
    await server?.stop();
  });

  beforeEach(async () => {
    count += 1;
    tagKey = `pool-${count}`;
    assert.ok(moto && simulated);
    worlds = [await moto.openWorld(tagKey), await simulated.openWorld(tagKey)];
  });

  /** Does the same to both, and gives what both then say. */
  async function both<Said>(run: (world: TestWorld) => Promise<Said>): Promise<[Said, Said]> {
    return [await run(worlds[0]), await run(worlds[1])];
  }

  /** Does the same to both, demands that both then say the same, and gives it. */
  async function same<Said>(run: (world: TestWorld) => Promise<Said>): Promise<Said> {
    const [ofMoto, ofSimulated] = await both(run);
    assert.deepEqual(ofSimulated, ofMoto);
    return ofMoto;
  }

  /** Sets both up, does the same to both, and gives what the manager sees in both alike. */
  const sameWorld = (act: (world: TestWorld) => Promise<void> = () => Promise.resolve()) =>
    same(async (world) => {
      await setUp(world);
      await act(world);
      await world.settle();
      return see(world);
    });

  it("see the same world at rest", async () => {
    const { interfaces, instances } = await sameWorld();
    assert.deepEqual(
      interfaces.map(({ name, pool, status }) => [name, pool, status]),
      [
        ["first", "one", "available"],
        ["other pool", "two words", "available"],
        ["second", "one", "available"],
      ],
    );
    assert.deepEqual(
      instances.map(({ name, poolTag, state, memberships }) => [name, poolTag, state, memberships]),
      [
        ["a", "one", "running", []],
        ["b", "two words", "running", []],
        ...Array.from({ length: 2 }, () => [
          "i",
          "one",
          "running",
          [{ groupName: "web", poolTag: "one", lifecycleState: "InService" }],
        ]),
      ],
    );
  });

  it("attach at the index that they are told, and see it", async () => {
    const { interfaces, instances } = await sameWorld((world) =>
      world.answer(
        world.aws.attachNetworkInterface({
          NetworkInterfaceId: world.idOf("first"),
          InstanceId: world.idOf("a"),
          DeviceIndex: 2,
          NetworkCardIndex: 0,
        }),
      ),
    );
    assert.deepEqual(interfaces[0]?.attachment, {
      attachmentId: "eni-attach",
      status: "attached",
      instanceId: "a",
      deviceIndex: 2,
      networkCardIndex: 0,
      deleteOnTermination: false,
    });
    assert.deepEqual(instances[0]?.slots, [
      ["0/0", "eni"],
      ["0/2", "first"],
    ]);
  });

  it("detach, and see the interface free with its address and tags", async () => {
    const { interfaces, instances } = await sameWorld(async (world) => {
      await world.hold("first", "a", 1);
      await world.settle();
      const { AttachmentId } = (await attachmentOf(world, "first")) ?? {};
      await world.answer(world.aws.detachNetworkInterface({ AttachmentId, Force: false }));
    });
    assert.deepEqual(interfaces[0], {
      name: "first",
      pool: "one",
      availabilityZone: "eu-west-1a",
      address: "10.0.0.101",
      status: "available",
      attachment: undefined,
      madeFor: undefined,
      foreign: undefined,
    });
    assert.deepEqual(instances[0]?.slots, [["0/0", "eni"]]);
  });

  it("look up a holder without the tag by its id", async () => {
    const { instances } = await sameWorld((world) => world.hold("second", "stranger", 1));
    const [stranger] = instances.filter(({ name }) => name === "stranger");
    assert.deepEqual([stranger?.poolTag, stranger?.state], [undefined, "running"]);
  });

  it("look up the limits of a type whose instance may be full", async () => {
    const { interfaceLimits } = await sameWorld((world) => world.hold("untagged", "a", 1));
    assert.deepEqual(interfaceLimits, {
      "t4g.small": { most: 3, cards: [{ networkCardIndex: 0, most: 3 }] },
    });
  });

  it("see what is tagged, and no longer what is not", async () => {
    const { interfaces, instances, membersUnseen } = await sameWorld(async (world) => {
      await world.deleteTag("first", tagKey);
      await world.setTag("untagged", tagKey, "one");
      await world.setTag("second", tagKey, "two");
      await world.deleteTag("a", tagKey);
      await world.setTag("stranger", tagKey, "");
      await world.deleteTag("web", tagKey);
      await world.setTag("plain", tagKey, "two");
    });
    const shown = interfaces.map(({ name, pool }) => [name, pool]);
    assert.deepEqual(shown.sort(), [
      ["other pool", "two words"],
      ["second", "two"],
      ["untagged", "one"],
    ]);
    const named = instances.map(({ name, poolTag }) => [name, poolTag]);
    assert.deepEqual(named.slice(-1), [["stranger", ""]]);
    assert.deepEqual(membersUnseen, [
      { groupName: "plain", poolTag: "two", lifecycleState: "InService" },
    ]);
  });

  it("see an instance stopped, started again, and terminated", async () => {
    const states: unknown[] = [];
    await both(setUp);
    for (const command of ["stop", "start", "terminate"] as const) {
      const state = await same(async (world) => {
        await world.command("b", command);
        await world.settle();
        const { instances } = await see(world);
        // In moto the primary interface outlives its instance.
        const [seen] = instances.filter(({ name }) => name === "b");
        return { ...seen, slots: undefined };
      });
      states.push(state.state);
    }
    assert.deepEqual(states, ["stopped", "running", "terminated"]);
  });

  it("take several values of a filter for an alternative, and unknown ones for nothing", async () => {
    await both(setUp);
    const found = await same(async (world) => {
      const unknown = ["i-0123456789abcdef0"];
      const idsOf = [world.idOf("a"), world.idOf("stranger"), ...unknown];
      const keys = [{ Name: "tag-key", Values: [`not ${tagKey}`, tagKey, "nobody has this"] }];
      const none = [{ Name: "tag-key", Values: ["nobody has this"] }];
      const { aws } = world;
      const named = await world.answer(
        aws.describeInstances([{ Name: "instance-id", Values: idsOf }]),
      );
      const gone = await world.answer(
        aws.describeInstances([{ Name: "instance-id", Values: unknown }]),
      );
      const tagged = await world.answer(aws.describeInstances(keys));
      return {
        named: named.map(({ InstanceId }) => nameOf(world, InstanceId ?? "")).sort(),
        gone,
        tagged: tagged.map(({ InstanceId }) => nameOf(world, InstanceId ?? "")).sort(),
        noInterfaces: await world.answer(aws.describeNetworkInterfaces(none)),
        noInstances: await world.answer(aws.describeInstances(none)),
        noGroups: await world.answer(aws.describeAutoScalingGroups({ Filters: none })),
      };
    });
    assert.deepEqual(found, {
      named: ["a", "stranger"],
      gone: [],
      tagged: ["a", "b", "i", "i", "stranger"],
      noInterfaces: [],
      noInstances: [],
      noGroups: [],
    });
  });

  it("read every tag as it was written", async () => {
    await both(setUp);
    const tags = await same(async (world) => {
      const { aws } = world;
      const interfaces = await world.answer(aws.describeNetworkInterfaces(byTag(world)));
      const instances = await world.answer(aws.describeInstances(byTag(world)));
      const groups = await world.answer(aws.describeAutoScalingGroups({ Filters: byTag(world) }));
      const ofInstances = instances.map(({ InstanceId, Tags }) => {
        return [nameOf(world, InstanceId ?? ""), toRecord(world, Tags)];
      });
      return {
        interfaces: interfaces.map(({ TagSet }) => toRecord(world, TagSet)),
        instances: Object.fromEntries(ofInstances) as object,
        groups: groups.map(({ Tags }) => toRecord(world, Tags)),
      };
    });
    assert.deepEqual(tags, {
      interfaces: [
        { [tagKey]: "one", Name: `<a> & "b" 漢` },
        { [tagKey]: "one", empty: "" },
        { [tagKey]: "two words" },
      ],
      instances: {
        a: { [tagKey]: "one", Name: "it's <1>" },
        b: { [tagKey]: "two words" },
        i: { [tagKey]: "one", "aws:autoscaling:groupName": "web" },
      },
      groups: [{ [tagKey]: "one" }],
    });
  });

  it("read groups page by page, each once", async () => {
    const names = Array.from({ length: 101 }, (_, index) => `group-${index}`);
    const { read, requests } = await same(async (world) => {
      for (const name of names) {
        await world.createGroup({ name, type: "t4g.micro", size: 0, tags: { [tagKey]: "one" } });
      }
      const { createAwsCalls, requestCount } = world.loadClients();
      const groups = await world.answer(
        createAwsCalls(tagKey).describeAutoScalingGroups({ Filters: byTag(world) }),
      );
      const ids = groups.map(({ AutoScalingGroupName }) => AutoScalingGroupName ?? "");
      return { read: ids.map((id) => nameOf(world, id)).sort(), requests: requestCount() };
    });
    assert.deepEqual(read, names.sort());
    assert.equal(requests, 2);
  });

  it("read instances page by page, each once", async () => {
    const names = Array.from({ length: 2 * PAGE_SIZE + 1 }, (_, index) => `instance-${index}`);
    const last = names.slice(-1);
    const pages = await same(async (world) => {
      const run = async (some: string[]) => {
        for (const name of some) await world.runInstance(name, "t4g.micro", { [tagKey]: "one" });
        await world.settle();
        const { createAwsCalls, requestCount } = world.loadClients(PAGE_SIZE);
        const read = await world.answer(createAwsCalls(tagKey).describeInstances(byTag(world)));
        const ids = read.map(({ InstanceId }) => InstanceId ?? "");
        return { read: ids.map((id) => nameOf(world, id)).sort(), requests: requestCount() };
      };
      return [await run(names.slice(0, -1)), await run(last)];
    });
    assert.deepEqual(pages, [
      { read: names.slice(0, -1).sort(), requests: 2 },
      { read: names.sort(), requests: 3 },
    ]);
  });

  it("make an interface for an instance, attach it there, and delete it", async () => {
    const { seen, gone, again } = await same(async (world) => {
      await setUp(world);
      await make(world, "made");
      await world.hold("made", "a", 1);
      await world.settle();
      const seen = await see(world);
      const { AttachmentId } = (await attachmentOf(world, "made")) ?? {};
      await world.answer(world.aws.detachNetworkInterface({ AttachmentId }));
      await world.settle();
      const made = { NetworkInterfaceId: world.idOf("made") };
      await world.answer(world.aws.deleteNetworkInterface(made));
      const again = await codeOf(world, world.aws.deleteNetworkInterface(made));
      return { seen, gone: await see(world), again };
    });
    const found = seen.interfaces.filter(({ name }) => name === "made");
    assert.deepEqual(
      found.map(({ pool, address, status, madeFor }) => [pool, address, status, madeFor]),
      [["one", "address of made", "in-use", "a"]],
    );
    assert.deepEqual(
      gone.interfaces.map(({ name }) => name),
      ["first", "other pool", "second"],
    );
    assert.deepEqual(again, ["InvalidNetworkInterfaceID.NotFound", 400]);
  });

  it("are understood by moto in what an interface is to be made of", async () => {
    const [world] = worlds;
    await setUp(world);
    const { SubnetId, Groups, Description, TagSet } = await make(world, "made");
    assert.equal(SubnetId, world.subnetId);
    assert.deepEqual(
      Groups?.map(({ GroupId }) => GroupId),
      [SECURITY_GROUP],
    );
    assert.equal(Description, `Made for ${world.idOf("a")} by a network interface pool`);
    assert.deepEqual(toRecord(world, TagSet), {
      Name: "one",
      [tagKey]: "one",
      [MADE_FOR_TAG_KEY]: "a",
    });
  });

  it("read the configuration of a warm pool, and nobody in an empty one", async () => {
    const read = await same(async (world) => {
      await setUp(world);
      await world.putWarmPool("web", 0);
      await world.settle();
      const groups = await world.answer(
        world.aws.describeAutoScalingGroups({ Filters: byTag(world) }),
      );
      return {
        configurations: groups.map(({ WarmPoolConfiguration }) => WarmPoolConfiguration),
        warm: await world.answer(world.aws.describeWarmPool(world.idOf("web"))),
        without: await world.answer(world.aws.describeWarmPool(world.idOf("plain"))),
      };
    });
    assert.deepEqual(read, {
      configurations: [
        {
          PoolState: "Stopped",
          MinSize: 0,
          MaxGroupPreparedCapacity: 2,
          InstanceReusePolicy: { ReuseOnScaleIn: true },
        },
      ],
      warm: [],
      without: [],
    });
  });

  it("read the same limits of every type that the simulator knows", async () => {
    const types = Object.keys(instanceTypes).filter((type) => !NOT_IN_MOTO.includes(type));
    const filters = [{ Name: "instance-type", Values: [...types, "x9.none"] }];
    const limits = await same(async (world) => {
      const infos = await world.answer(world.aws.describeInstanceTypes(filters));
      const entries = infos.map(({ InstanceType, NetworkInfo }) => [
        InstanceType,
        {
          interfaces: NetworkInfo?.MaximumNetworkInterfaces,
          cards: NetworkInfo?.MaximumNetworkCards,
          perCard: NetworkInfo?.NetworkCards?.map(
            ({ NetworkCardIndex, MaximumNetworkInterfaces }) => [
              NetworkCardIndex,
              MaximumNetworkInterfaces,
            ],
          ),
        },
      ]);
      return Object.fromEntries(entries) as object;
    });
    assert.deepEqual(Object.keys(limits).sort(), types.sort());
  });

  it("find every field that the simulator gives where moto gives it, of the same type", async () => {
    const [ofMoto, ofSimulated] = await both(async (world) => {
      await setUp(world);
      await world.hold("first", "a", 1);
      await world.settle();
      const { aws } = world;
      const types = [{ Name: "instance-type", Values: ["c6in.32xlarge"] }];
      return {
        interfaces: await world.answer(aws.describeNetworkInterfaces(byTag(world))),
        instances: await world.answer(aws.describeInstances(byTag(world))),
        types: await world.answer(aws.describeInstanceTypes(types)),
        groups: await world.answer(aws.describeAutoScalingGroups({ Filters: byTag(world) })),
        made: await make(world, "made"),
      };
    });
    const known = new Set(fieldsOf(ofMoto));
    const fields = [...new Set(fieldsOf(ofSimulated))];
    assert.deepEqual(
      fields.filter((field) => !known.has(field)),
      [],
    );
    assert.ok(fields.includes(".interfaces[].Attachment.AttachTime: Date"));
  });

  it("are told by the same codes what does not exist", async () => {
    await both(setUp);
    const codes = await same(async (world) => {
      const { aws } = world;
      const place = {
        NetworkInterfaceId: world.idOf("first"),
        InstanceId: world.idOf("a"),
        DeviceIndex: 1,
      };
      const noInterface = { ...place, NetworkInterfaceId: "eni-0123456789abcdef0" };
      const noInstance = { ...place, InstanceId: "i-0123456789abcdef0" };
      const noAttachment = { AttachmentId: NO_ATTACHMENT };
      const { NetworkInterfaceId } = noInterface;
      const Attachment = { ...noAttachment, DeleteOnTermination: true };
      return [
        await codeOf(world, aws.attachNetworkInterface(noInterface)),
        await codeOf(world, aws.attachNetworkInterface(noInstance)),
        await codeOf(world, aws.detachNetworkInterface(noAttachment)),
        await codeOf(
          world,
          aws.modifyNetworkInterfaceAttribute({ NetworkInterfaceId, Attachment }),
        ),
        await codeOf(world, aws.deleteNetworkInterface({ NetworkInterfaceId })),
      ];
    });
    assert.deepEqual(codes, [
      ["InvalidNetworkInterfaceID.NotFound", 400],
      ["InvalidInstanceID.NotFound", 400],
      ["InvalidAttachmentID.NotFound", 400],
      ["InvalidNetworkInterfaceID.NotFound", 400],
      ["InvalidNetworkInterfaceID.NotFound", 400],
    ]);
  });

  it("read interfaces and types at once in moto, and page by page in the simulator", async () => {
    const names = Array.from({ length: PAGE_SIZE + 1 }, (_, index) => `interface-${index}`);
    const types = Object.keys(instanceTypes).slice(0, PAGE_SIZE + 1);
    const [ofMoto, ofSimulated] = await both(async (world) => {
      for (const [index, name] of names.entries()) {
        await world.createInterface(name, `10.0.0.${100 + index}`, { [tagKey]: "one" });
      }
      const { createAwsCalls, requestCount } = world.loadClients(PAGE_SIZE);
      const aws = createAwsCalls(tagKey);
      const interfaces = await world.answer(aws.describeNetworkInterfaces(byTag(world)));
      const requests = requestCount();
      const filters = [{ Name: "instance-type", Values: types }];
      const infos = await world.answer(aws.describeInstanceTypes(filters));
      return {
        read: [
          interfaces.map(({ NetworkInterfaceId = "" }) => nameOf(world, NetworkInterfaceId)),
          infos.map(({ InstanceType }) => InstanceType).sort(),
        ],
        requests: [requests, requestCount() - requests],
      };
    });
    assert.deepEqual(ofSimulated.read, ofMoto.read);
    assert.deepEqual(
      [ofMoto.requests, ofSimulated.requests],
      [
        [1, 1],
        [2, 2],
      ],
    );
  });

  it("are told by the simulator alone what moto lacks of making and changing", async () => {
    const [ofMoto, ofSimulated] = await both(async (world) => {
      await setUp(world);
      const { aws } = world;
      const { NetworkInterfaceId } = await make(world, "made");
      const again = await make(world, "made");
      const other = { ...toMake(world, "made"), pool: "other" };
      const mismatch = await codeOf(world, aws.createNetworkInterface(other));
      await world.hold("first", "a", 1);
      await world.settle();
      const { AttachmentId } = (await attachmentOf(world, "first")) ?? {};
      const change = (id: string | undefined) =>
        aws.modifyNetworkInterfaceAttribute({
          NetworkInterfaceId: world.idOf("first"),
          Attachment: { AttachmentId: id, DeleteOnTermination: true },
        });
      const noAttachment = await codeOf(world, change(NO_ATTACHMENT));
      await world.answer(change(AttachmentId));
      const changed = await attachmentOf(world, "first");
      const held = { NetworkInterfaceId: world.idOf("first") };
      return {
        isOne: again.NetworkInterfaceId === NetworkInterfaceId,
        mismatch,
        noAttachment,
        deleteOnTermination: changed?.DeleteOnTermination,
        deletedInUse: await codeOf(world, aws.deleteNetworkInterface(held)),
      };
    });
    assert.deepEqual(ofMoto, {
      isOne: false,
      mismatch: ["accepted", undefined],
      noAttachment: ["accepted", undefined],
      deleteOnTermination: false,
      deletedInUse: ["accepted", undefined],
    });
    assert.deepEqual(ofSimulated, {
      isOne: true,
      mismatch: ["IdempotentParameterMismatch", 400],
      noAttachment: ["InvalidAttachmentID.NotFound", 400],
      deleteOnTermination: true,
      deletedInUse: ["InvalidParameterValue", 400],
    });
  });

  it("are told by the simulator alone who is in a warm pool, and that there is no such group", async () => {
    const [ofMoto, ofSimulated] = await both(async (world) => {
      await setUp(world);
      await world.putWarmPool("web", 1);
      await world.settle();
      const warm = await world.answer(world.aws.describeWarmPool(world.idOf("web")));
      return {
        warm: warm.map(({ LifecycleState }) => LifecycleState),
        noGroup: await codeOf(world, world.aws.describeWarmPool("no group")),
      };
    });
    const [, motoStatus] = ofMoto.noGroup;
    assert.deepEqual([ofMoto.warm, motoStatus], [[], 500]);
    assert.deepEqual(ofSimulated, {
      warm: ["Warmed:Stopped"],
      noGroup: ["ValidationError", 400],
    });
  });
});
