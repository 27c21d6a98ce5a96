import assert from "node:assert/strict";
import type { Ec2, Instance, NetworkInterface } from "../../../../simulator/aws/ec2/ec2";
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

/** Attaches eni-11 at device index 1 and waits until it is attached, or asks to detach it again. */
async function hold(world: World, isDetaching = false): Promise<void> {
  const { id } = attach(world, "eni-11");
  await passQuickly(world.services, 1_000);
  if (isDetaching) world.ec2.detachNetworkInterface(id, false);
}

const inState = (state: Instance["state"]) => (world: World) => {
  world.instance.state = state;
};
const elsewhere = { ...subnet, id: "subnet-b", vpcId: "vpc-2" };
const IN_USE = "Interface: [eni-10] in use.";
const atIndex = (index: number) =>
  `Instance 'INSTANCE' already has an interface attached at device index '${index}'.`;

/** What makes EC2 refuse eni-10, and where it is asked for: at device index 1 of card 0 if nothing is said. */
type Refused = [
  what: string,
  before: (world: World) => unknown,
  code: string,
  message: string,
  index?: number,
  card?: number,
];

const refused: Refused[] = [
  [
    "an interface that another instance holds",
    async (world) => {
      const other = await runInstance(world);
      world.ec2.attachNetworkInterface("eni-10", other.id, 1, 0);
      await passQuickly(world.services, 1_000);
    },
    "InvalidNetworkInterface.InUse",
    IN_USE,
  ],
  [
    "an interface that is still attaching",
    (world) => attach(world),
    "InvalidNetworkInterface.InUse",
    IN_USE,
    2,
  ],
  [
    "an interface that is still detaching",
    async (world) => {
      const { id } = attach(world);
      await passQuickly(world.services, 1_000);
      world.ec2.detachNetworkInterface(id, false);
      await passQuickly(world.services, 1_999);
    },
    "InvalidNetworkInterface.InUse",
    IN_USE,
  ],
  [
    "an instance in another zone",
    ({ networkInterface }) => {
      networkInterface.subnet = { ...subnet, availabilityZone: "eu-west-1b" };
    },
    "InvalidParameterCombination",
    "You may not attach a network interface to an instance if they are not in the same availability zone",
  ],
  ...(["pending", "stopping", "shutting-down", "terminated"] as const).map((state): Refused => [
    `an instance that is ${state}`,
    inState(state),
    "IncorrectState",
    `Instance 'INSTANCE' is in state '${state}'.`,
  ]),
  ...(["efa", "branch"] as const).map((interfaceType): Refused => [
    `an interface of type ${interfaceType} on a running instance`,
    ({ networkInterface }) => {
      networkInterface.interfaceType = interfaceType;
    },
    "UnsupportedOperation",
    `Interface: [eni-10] of type '${interfaceType}' can't be attached to 'INSTANCE'.`,
  ]),
  ["the place of the primary interface", () => undefined, "InvalidParameterValue", atIndex(0), 0],
  ["a place that is taken", (world) => hold(world), "InvalidParameterValue", atIndex(1)],
  [
    "a place whose interface is still detaching",
    (world) => hold(world, true),
    "InvalidParameterValue",
    atIndex(1),
  ],
  [
    "a place that EC2 won't have, though it shows as free",
    ({ ec2 }) => {
      ec2.refusesPlace = (_, { deviceIndex }) => deviceIndex === 1;
    },
    "InvalidParameterValue",
    atIndex(1),
  ],
  [
    "more interfaces than the type takes",
    (world) => hold(world),
    "AttachmentLimitExceeded",
    "Interface count 3 exceeds the limit for t4g.micro",
    2,
  ],
  [
    "a network card that the type lacks",
    () => undefined,
    "InvalidParameterValue",
    "Network card index '1' exceeds the number of network cards of t4g.micro",
    1,
    1,
  ],
];

describe("Ec2.attachNetworkInterface", () => {
  for (const [what, before, code, message, index, card] of refused) {
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
    const noInterface = "The networkInterface ID 'eni-99' does not exist";
    assert.throws(
      () => attach(world, "eni-99"),
      refusal("InvalidNetworkInterfaceID.NotFound", noInterface),
    );
    const noInstance = refusal(
      "InvalidInstanceID.NotFound",
      "The instance ID 'i-99' does not exist",
    );
    assert.throws(() => world.ec2.attachNetworkInterface("eni-10", "i-99", 1, 0), noInstance);
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
    Object.assign(world.networkInterface, { interfaceType: "efa", subnet: elsewhere });
    inState("stopped")(world);
    attach(world);
    await passQuickly(world.services, 1_000);
    assert.equal(statusOf(world.networkInterface), "attached");
  });

  it("takes another place than the one that EC2 won't have", async () => {
    const world = await openWorld("t4g.small");
    world.ec2.refusesPlace = ({ id }, { deviceIndex }) =>
      id === world.instance.id && deviceIndex === 1;
    assert.throws(() => attach(world), { code: "InvalidParameterValue" });
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

  for (const [type, card, count, message] of [
    ["c6in.32xlarge", 0, 7, full(9, "c6in.32xlarge")],
    ["c6in.32xlarge", 1, 8, full(9, "c6in.32xlarge")],
    ["i7ie.48xlarge", 1, 7, full(8, "i7ie.48xlarge")],
    ["p6e-gb200.36xlarge", 16, 4, full(5, "p6e-gb200.36xlarge")],
    [
      "p6e-gb200.36xlarge",
      1,
      0,
      "Network card index '1' takes EFAs alone, of the network cards of p6e-gb200.36xlarge",
    ],
    [
      "p6e-gb200.36xlarge",
      17,
      0,
      "Network card index '17' exceeds the number of network cards of p6e-gb200.36xlarge",
    ],
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
