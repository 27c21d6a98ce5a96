import assert from "node:assert/strict";
import type { Ec2 } from "../../../../simulator/aws/ec2/ec2";
import type { Instance, NetworkInterface } from "../../../../simulator/aws/ec2/state";
import { instanceTypes } from "../../../../simulator/aws/ec2/instanceTypes";
import {
  addInterface,
  attachOne,
  type Ec2Stage,
  openEc2,
  passQuickly,
  refusal,
  runInstance,
  START_MS,
  statusOf,
  subnet,
} from "../services";
import { striking } from "../../striking";

/** The interfaces eni-10 and eni-11, free, and an instance that runs. */
interface World extends Ec2Stage {
  networkInterface: NetworkInterface;
  instance: Instance;
}

async function openWorld(type = "t4g.micro"): Promise<World> {
  const stage = openEc2();
  const networkInterface = addInterface(stage, 10);
  addInterface(stage, 11);
  return { ...stage, networkInterface, instance: await runInstance(stage, type) };
}

const attach = ({ ec2, instance }: World, id = "eni-10", index = 1, card = 0) =>
  ec2.attachNetworkInterface(id, instance.id, index, card);

/** Attaches an interface at device index 1, waits for that, and may have it detached almost to the end. */
async function hold(world: World, id: string, isDetaching = false): Promise<void> {
  const attachment = attach(world, id);
  await passQuickly(world.services, 1_000);
  if (!isDetaching) return;
  world.ec2.detachNetworkInterface(attachment.id, false);
  await passQuickly(world.services, 1_999);
}

async function holdElsewhere(world: World): Promise<void> {
  await hold({ ...world, instance: await runInstance(world) }, "eni-10");
}

function moveAway({ networkInterface }: World): void {
  networkInterface.subnet = { ...subnet, availabilityZone: "eu-west-1b" };
}

const inState = (state: Instance["state"]) => (world: World) => {
  world.instance.state = state;
};
const ofType = (interfaceType: "efa" | "branch") => (world: World) => {
  world.networkInterface.interfaceType = interfaceType;
};

/** What EC2 answers; `INSTANCE` stands for the id of the instance. */
type Answer = [code: string, message: string];

const IN_USE: Answer = ["InvalidNetworkInterface.InUse", "Interface: [eni-10] in use."];
const OTHER_ZONE: Answer = [
  "InvalidParameterCombination",
  "You may not attach a network interface to an instance if they are not in the same availability zone",
];
const NO_CARD: Answer = [
  "InvalidParameterValue",
  "Network card index '1' exceeds the number of network cards of t4g.micro",
];
const TOO_MANY: Answer = [
  "AttachmentLimitExceeded",
  "Interface count 3 exceeds the limit for t4g.micro",
];
const isIn = (state: string): Answer => [
  "IncorrectState",
  `Instance 'INSTANCE' is in state '${state}'.`,
];
const cannot = (type: string): Answer => [
  "UnsupportedOperation",
  `Interface: [eni-10] of type '${type}' can't be attached to 'INSTANCE'.`,
];
const isTaken = (index: number): Answer => [
  "InvalidParameterValue",
  `Instance 'INSTANCE' already has an interface attached at device index '${index}'.`,
];

const nothing = () => undefined;

/** What makes EC2 refuse eni-10, and where it is asked for: at device index 1 of card 0 if nothing is said. */
type Refused = [
  what: string,
  answer: Answer,
  before: (world: World) => unknown,
  index?: number,
  card?: number,
];

const refused: Refused[] = [
  ["an interface that another instance holds", IN_USE, holdElsewhere],
  ["an interface that is still attaching", IN_USE, (world) => attach(world), 2],
  ["an interface that is still detaching", IN_USE, (world) => hold(world, "eni-10", true)],
  ["an instance in another zone", OTHER_ZONE, moveAway],
  ["an instance that is pending", isIn("pending"), inState("pending")],
  ["an instance that is stopping", isIn("stopping"), inState("stopping")],
  ["an instance that is shutting down", isIn("shutting-down"), inState("shutting-down")],
  ["an instance that is terminated", isIn("terminated"), inState("terminated")],
  ["an EFA on a running instance", cannot("efa"), ofType("efa")],
  ["a branch interface", cannot("branch"), ofType("branch")],
  ["the place of the primary interface", isTaken(0), nothing, 0],
  ["a place that is taken", isTaken(1), (world) => hold(world, "eni-11")],
  ["a place whose interface is detaching", isTaken(1), (world) => hold(world, "eni-11", true)],
  ["more interfaces than the type takes", TOO_MANY, (world) => hold(world, "eni-11"), 2],
  ["a network card that the type lacks", NO_CARD, nothing, 1, 1],
];

describe("Ec2.attachNetworkInterface", () => {
  for (const [what, [code, message], before, index, card] of refused) {
    it(`refuses ${what}`, async () => {
      const world = await openWorld();
      await before(world);
      const expected = refusal(code, message.replace("INSTANCE", world.instance.id));
      const { attachment } = world.networkInterface;
      assert.throws(() => attach(world, "eni-10", index, card), expected);
      assert.equal(world.networkInterface.attachment, attachment);
    });
  }

  it("refuses what does not exist", async () => {
    const world = await openWorld();
    const of = (what: string, code: string, id: string) =>
      refusal(`Invalid${code}ID.NotFound`, `The ${what} ID '${id}' does not exist`);
    const noInterface = of("networkInterface", "NetworkInterface", "eni-99");
    assert.throws(() => attach(world, "eni-99"), noInterface);
    const elsewhere = { ...world, instance: { ...world.instance, id: "i-99" } };
    assert.throws(() => attach(elsewhere), of("instance", "Instance", "i-99"));
  });

  it("is attaching at first and attached some time later, of which it tells then", async () => {
    const world = await openWorld();
    const { services, ec2, networkInterface, instance } = world;
    const changes: unknown[] = [];
    ec2.onChange((change) => changes.push(change));
    const attachment = attach(world);
    const expected = {
      id: attachment.id,
      instanceId: instance.id,
      instanceOwnerId: undefined,
      deviceIndex: 1,
      networkCardIndex: 0,
      deleteOnTermination: false,
      attachTimeMs: START_MS + 5_000,
    };
    await passQuickly(services, 999);
    assert.deepEqual(
      [networkInterface.attachment, changes],
      [{ ...expected, status: "attaching" }, []],
    );
    await passQuickly(services, 1);
    assert.deepEqual(networkInterface.attachment, { ...expected, status: "attached" });
    assert.deepEqual(changes, [{ kind: "attached", networkInterface, instanceId: instance.id }]);
    assert.deepEqual(services.journal.entries.at(-1), {
      atMs: 6_000,
      source: "aws",
      text: `10.0.0.10 is on ${instance.id}`,
      facts: { networkInterfaceId: "eni-10", address: "10.0.0.10", instanceId: instance.id },
    });
  });

  it("takes a stopped instance, also for an EFA, and one in another subnet and VPC", async () => {
    const world = await openWorld();
    const elsewhere = { ...subnet, id: "subnet-b", vpcId: "vpc-2" };
    Object.assign(world.networkInterface, { interfaceType: "efa", subnet: elsewhere });
    inState("stopped")(world);
    attach(world);
    await passQuickly(world.services, 1_000);
    assert.equal(statusOf(world.networkInterface), "attached");
  });

  it("refuses a place that it won't have though it shows as free, and takes another", async () => {
    const world = await openWorld("t4g.small");
    const { id } = world.instance;
    world.ec2.refusesPlace = (instance, { deviceIndex }) => instance.id === id && deviceIndex === 1;
    const [code, message] = isTaken(1);
    assert.throws(() => attach(world), refusal(code, message.replace("INSTANCE", id)));
    assert.equal(attach(world, "eni-10", 2).status, "attaching");
  });

  for (const [further, isMuch] of [
    [{ secondaryAddresses: ["10.0.0.20"] }, false],
    [{ ipv6Addresses: ["2001:db8::1", "2001:db8::2"] }, false],
    [{ secondaryAddresses: ["10.0.0.20", "10.0.0.21"] }, true],
    [{ ipv6Addresses: ["2001:db8::1", "2001:db8::2", "2001:db8::3"] }, true],
  ] as const) {
    const [kind = ""] = Object.keys(further);
    it(`${isMuch ? "does not model three" : "takes two"} of a kind on a t4g.micro (${kind})`, async () => {
      const [micro, small] = [await openWorld(), await openWorld("t4g.small")];
      for (const { networkInterface } of [micro, small]) Object.assign(networkInterface, further);
      const message =
        "the simulator doesn't model an interface with 3 addresses on a t4g.micro, which takes 2";
      if (isMuch) assert.throws(() => attach(micro), { message });
      else assert.equal(attach(micro).status, "attaching");
      assert.equal(attach(small).status, "attaching");
    });
  }
});

describe("the network cards of an instance", () => {
  /** Attaches to a card, from a device index on, until EC2 refuses; gives how many it took and why no more. */
  async function fill(type: string, card: number, from: number): Promise<[number, string]> {
    const world = await openWorld(type);
    for (let index = from; ; index += 1) {
      const { id } = addInterface(world, 20 + index);
      try {
        attach(world, id, index, card);
      } catch (error) {
        return [index - from, (error as Error).message];
      }
    }
  }
  const full = (count: number, type: string) =>
    `Interface count ${count} exceeds the limit for ${type}`;

  const LARGE = "c6in.32xlarge";
  const EFAS = "p6e-gb200.36xlarge";
  for (const [type, card, count, message] of [
    [LARGE, 0, 7, full(9, LARGE)],
    [LARGE, 1, 8, full(9, LARGE)],
    ["i7ie.48xlarge", 1, 7, full(8, "i7ie.48xlarge")],
    [EFAS, 16, 4, full(5, EFAS)],
    [EFAS, 1, 0, `Network card index '1' takes EFAs alone, of the network cards of ${EFAS}`],
    [EFAS, 17, 0, `Network card index '17' exceeds the number of network cards of ${EFAS}`],
  ] as const) {
    it(`take ${count} on card ${card} of ${type}`, async () => {
      assert.deepEqual(await fill(type, card, card === 0 ? 1 : 0), [count, message]);
    });
  }

  it("take no more together than the type does", async () => {
    const { "c6in.32xlarge": type } = instanceTypes;
    assert.ok(type);
    instanceTypes["made.up"] = { ...type, maximumNetworkInterfaces: 3 };
    try {
      assert.deepEqual(await fill("made.up", 1, 0), [2, full(4, "made.up")]);
    } finally {
      delete instanceTypes["made.up"];
    }
  });
});

describe("Ec2.detachNetworkInterface", () => {
  const detach =
    (ec2: Ec2, id: string, force = false) =>
    () => {
      ec2.detachNetworkInterface(id, force);
    };

  it("is detaching at first and off some time later, of which it tells then", async () => {
    const stage = openEc2();
    const { networkInterface, instance, attachmentId } = await attachOne(stage);
    const changes: unknown[] = [];
    stage.ec2.onChange((change) => changes.push(change));
    detach(stage.ec2, attachmentId)();
    await passQuickly(stage.services, 1_999);
    assert.deepEqual([statusOf(networkInterface), changes], ["detaching", []]);
    await passQuickly(stage.services, 1);
    assert.equal(statusOf(networkInterface), "available");
    assert.deepEqual(changes, [{ kind: "detached", networkInterface, instanceId: instance.id }]);
    assert.deepEqual(stage.services.journal.entries.at(-1), {
      atMs: 8_000,
      source: "aws",
      text: `10.0.0.10 is off ${instance.id}`,
      facts: { networkInterfaceId: "eni-10", address: "10.0.0.10", instanceId: instance.id },
    });
    // The device index is the next interface's.
    addInterface(stage, 11);
    assert.equal(stage.ec2.attachNetworkInterface("eni-11", instance.id, 1, 0).status, "attaching");
  });

  it("refuses an attachment that never was, and one that is over", async () => {
    const { services, ec2, ...stage } = openEc2();
    const { attachmentId } = await attachOne({ services, ec2, ...stage });
    detach(ec2, attachmentId)();
    await passQuickly(services, 2_000);
    for (const id of ["eni-attach-99", attachmentId]) {
      const message = `The attachment ID '${id}' does not exist`;
      assert.throws(detach(ec2, id), refusal("InvalidAttachmentID.NotFound", message));
    }
  });

  for (const force of [false, true]) {
    it(`refuses the primary interface${force ? ", by force too" : ""}`, async () => {
      const { ec2, instance } = await openWorld();
      const [primary] = ec2.interfacesOf(instance.id);
      const message =
        "The network interface at device index 0 and networkCard index 0 cannot be detached.";
      const call = detach(ec2, primary?.attachment?.id ?? "", force);
      assert.throws(call, refusal("OperationNotPermitted", message));
    });
  }

  it("takes an interface off device index 0 of a further network card", async () => {
    const world = await openWorld("c6in.32xlarge");
    const { id } = attach(world, "eni-10", 0, 1);
    await passQuickly(world.services, 1_000);
    detach(world.ec2, id)();
    await passQuickly(world.services, 2_000);
    assert.equal(statusOf(world.networkInterface), "available");
  });

  it("takes what is detaching by force alone, and it is off once", async () => {
    const stage = openEc2();
    const { networkInterface, attachmentId } = await attachOne(stage);
    const kinds: string[] = [];
    stage.ec2.onChange(({ kind }) => kinds.push(kind));
    detach(stage.ec2, attachmentId)();
    const message = `Attachment ${attachmentId} is detaching.`;
    assert.throws(detach(stage.ec2, attachmentId), refusal("IncorrectState", message));
    detach(stage.ec2, attachmentId, true)();
    await passQuickly(stage.services, 10_000);
    assert.deepEqual([statusOf(networkInterface), kinds], ["available", ["detached"]]);
  });

  it("takes what is stuck in attaching by force alone, and it never is attached", async () => {
    const world = await openWorld();
    const { services, ec2, networkInterface } = world;
    services.faults.periods.push(...striking("attachStuck")(services.clock).periods);
    const kinds: string[] = [];
    ec2.onChange(({ kind }) => kinds.push(kind));
    const { id } = attach(world);
    await passQuickly(services, 3_600_000);
    assert.equal(statusOf(networkInterface), "attaching");
    assert.throws(detach(ec2, id), refusal("IncorrectState", `Attachment ${id} is attaching.`));
    assert.equal(statusOf(networkInterface), "attaching");
    detach(ec2, id, true)();
    await passQuickly(services, 2_000);
    assert.deepEqual([statusOf(networkInterface), kinds], ["available", ["detached"]]);
  });
});
