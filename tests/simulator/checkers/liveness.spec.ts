import assert from "node:assert/strict";
import type { Instance, NetworkInterface } from "../../../simulator/aws/ec2/ec2";
import type { Group, LifecycleState } from "../../../simulator/aws/autoscaling/group";
import { completion, type Witness, withWitness } from "./witness";

const elsewhere = { id: "subnet-b", vpcId: "vpc-1", availabilityZone: "eu-west-1b" };

/** Gives all addresses of a pool but one to instances that hold nothing else; returns the one. */
async function takeAllButOne(witness: Witness): Promise<NetworkInterface> {
  for (let count = 0; count < 3; count += 1) await witness.hold();
  return witness.address();
}

const lacking = ({ id }: Instance) => `${id} has no address, though one is free (75 s)`;

describe("what is open of an interface", () => {
  it("is nothing while it is free, or on a healthy holder of its pool", () =>
    withWitness(async (witness) => {
      assert.deepEqual(witness.open(), []);
      await witness.hold();
      assert.deepEqual(witness.open(), []);
    }));

  const gone: [string, number, (witness: Witness, id: string) => void][] = [
    [
      "stops",
      0,
      ({ region }, id) => {
        region.ec2.stopInstance(id);
      },
    ],
    [
      "is stopped",
      15,
      ({ region }, id) => {
        region.ec2.stopInstance(id);
      },
    ],
    [
      "shuts down",
      0,
      ({ region }, id) => {
        region.ec2.terminateInstance(id);
      },
    ],
    [
      "is terminated",
      25,
      ({ region }, id) => {
        region.ec2.terminateInstance(id);
      },
    ],
    [
      "is of another pool",
      0,
      (witness, id) => {
        setPool(witness, id, "licence");
      },
    ],
  ];
  for (const [state, seconds, operation] of gone) {
    it(`is that a holder still has it that ${state}`, () =>
      withWitness(async (witness) => {
        const licence = await witness.hold("licence");
        const { one, instance } = await witness.hold();
        operation(witness, instance.id);
        await witness.region.run(seconds);
        const text = `${one.address} is still attached to ${instance.id} (75 s)`;
        assert.deepEqual(witness.open(), [text]);
        assert.equal(licence.one.attachment?.status, "attached");
      }));
  }

  it("is that a holder still has it that EC2 doesn't show any more", () =>
    withWitness(async (witness) => {
      const { one, instance } = await witness.hold();
      witness.region.ec2.instances.delete(instance.id);
      const text = `${one.address} is still attached to ${instance.id} (75 s)`;
      assert.deepEqual(witness.open(), [text]);
    }));

  it("is that a holder that stopped still gets it, for as long as the slowest attachment takes", () =>
    withWitness(async (witness) => {
      const [one, instance] = [witness.address(), await witness.launch()];
      witness.region.ec2.stopInstance(instance.id);
      await witness.region.run(10);
      witness.region.ec2.attachNetworkInterface(one.id, instance.id, 1, 0);
      const text = `${one.address} is still attaching to ${instance.id} (260 s)`;
      assert.deepEqual(witness.open(), [text]);
    }));

  it("is its detachment, from a healthy holder or another", () =>
    withWitness(async (witness) => {
      const { one, instance } = await witness.hold("licence");
      await witness.detach(one);
      const detaching = (seconds: number) => [
        `${one.address} is detaching from ${instance.id} (${seconds} s)`,
      ];
      assert.deepEqual(witness.open(), detaching(75));
      witness.region.ec2.stopInstance(instance.id);
      assert.deepEqual(witness.open(), detaching(75));
      // One that gets nowhere is forced after two minutes.
      witness.region.faults.periods.push({ fault: "detachStuck", share: 1, fromMs: 0, toMs: 0 });
      assert.deepEqual(witness.open(), detaching(270));
      await witness.region.run(3);
      assert.deepEqual(witness.open(), []);
    }));

  it("is its attachment to a healthy holder, until it is attached", () =>
    withWitness(async (witness) => {
      const [one, instance] = [witness.address("licence"), await witness.launch("licence")];
      witness.region.ec2.attachNetworkInterface(one.id, instance.id, 1, 0);
      assert.deepEqual(witness.open(), [`${one.address} is attaching to ${instance.id} (185 s)`]);
      await witness.region.run(1);
      assert.deepEqual(witness.open(), []);
    }));

  it("is nothing where it has no pool, or its holder has none", () =>
    withWitness(async (witness) => {
      const [licence, other] = [await witness.hold("licence"), await witness.hold()];
      witness.region.ec2.setTags(licence.one, {});
      witness.region.ec2.terminateInstance(licence.instance.id);
      setPool(witness, other.instance.id, "");
      await witness.detach(other.one);
      assert.deepEqual(witness.open(), []);
    }));
});

function setPool({ region, tag }: Witness, id: string, pool: string): void {
  region.ec2.setTags(region.ec2.instanceById(id), tag(pool));
}

describe("what is open of an instance", () => {
  it("is that it has no address, though one is free", () =>
    withWitness(async (witness) => {
      await takeAllButOne(witness);
      const instance = await witness.launch();
      assert.deepEqual(witness.open(), [lacking(instance)]);
    }));

  it("is nothing when none is free, also if one of another pool or of none is", () =>
    withWitness(async (witness) => {
      const last = await takeAllButOne(witness);
      await witness.launch();
      witness.region.ec2.setTags(last, {});
      assert.equal(witness.address("licence").attachment, undefined);
      assert.deepEqual(witness.open(), []);
    }));

  it("is nothing when one is only free in another zone", () =>
    withWitness(async (witness) => {
      const instance = await witness.launch("cluster", "t4g.small", elsewhere);
      assert.deepEqual(witness.open(), []);
      const { subnet } = instance;
      const own = { id: "eni-b", subnet, address: "10.1.0.9", macAddress: "02:00:00:00:00:09" };
      witness.region.ec2.createNetworkInterface({ ...own, tags: witness.tag("cluster") });
      assert.deepEqual(witness.open(), [lacking(instance)]);
    }));

  it("is nothing when something else was put where the address would be", () =>
    withWitness(async (witness) => {
      const instance = await witness.launch("cluster", "t4g.micro");
      await witness.attach(witness.address("licence"), instance);
      const open = `10.0.0.10 is still attached to ${instance.id} (75 s)`;
      assert.deepEqual(
        witness.open().filter((text) => text !== open),
        [],
      );
    }));

  const ineligible: [string, (witness: Witness, id: string) => unknown][] = [
    [
      "stops",
      ({ region }, id) => {
        region.ec2.stopInstance(id);
      },
    ],
    [
      "shuts down",
      ({ region }, id) => {
        region.ec2.terminateInstance(id);
      },
    ],
    [
      "has no pool tag",
      (witness, id) => {
        setPool(witness, id, "");
      },
    ],
    ["is still pending", ({ region }, id) => (region.ec2.instanceById(id).state = "pending")],
  ];
  for (const [state, operation] of ineligible) {
    it(`is nothing when it ${state}`, () =>
      withWitness(async (witness) => {
        const { id } = await witness.launch();
        operation(witness, id);
        assert.deepEqual(witness.open(), []);
      }));
  }

  it("is that it has two addresses of its pool, and not of two pools", () =>
    withWitness(async (witness) => {
      const { instance } = await witness.hold();
      const licence = witness.address("licence");
      witness.region.ec2.setTags(licence, {});
      await witness.attach(licence, instance, 2);
      assert.deepEqual(witness.open(), []);
      witness.region.ec2.setTags(licence, witness.tag("cluster"));
      assert.deepEqual(witness.open(), [`${instance.id} has 2 addresses (75 s)`]);
      await witness.detach(licence);
      const detaching = `${licence.address} is detaching from ${instance.id} (75 s)`;
      assert.deepEqual(witness.open(), [detaching]);
    }));
});

describe("what is open of a group", () => {
  it("is a launch that waits with its address attached, and not one without", () =>
    withWitness(async (witness) => {
      const { instance } = await witness.addGroup();
      assert.deepEqual(witness.open(), [lacking(instance)]);
      const one = witness.address();
      witness.region.ec2.attachNetworkInterface(one.id, instance.id, 1, 0);
      const attaching = `${one.address} is attaching to ${instance.id} (185 s)`;
      assert.deepEqual(witness.open(), [attaching]);
      await witness.region.run(1);
      const waiting = `web still waits for ${instance.id} in Pending:Wait (75 s)`;
      assert.deepEqual(witness.open(), [waiting]);
      await witness.call("CompleteLifecycleAction", completion(instance, "CONTINUE"));
      assert.deepEqual(witness.open(), []);
    }));

  it("is not a launch that waits with the address of a pool that isn't the group's", () =>
    withWitness(async (witness) => {
      const { instance } = await witness.addGroup();
      setPool(witness, instance.id, "licence");
      await witness.attach(witness.address("licence"), instance);
      assert.deepEqual(witness.open(), []);
    }));

  it("is a termination that waits, once the address is off", () =>
    withWitness(async (witness) => {
      const { group, instance } = await witness.addGroup();
      const one = witness.address();
      await witness.attach(one, instance);
      group.desiredCapacity = 0;
      witness.region.autoScaling.replaceInstance(instance.id);
      const waiting = `web still waits for ${instance.id} in Terminating:Wait (75 s)`;
      const held = `${one.address} is still attached to ${instance.id} (75 s)`;
      assert.deepEqual(witness.open(), [held]);
      await witness.detach(one);
      await witness.region.run(3);
      assert.deepEqual(witness.open(), [waiting]);
    }));

  const answered: [LifecycleState, isHolder: boolean, seconds: number][] = [
    ["ReplacingRootVolume:Wait", true, 75],
    ["Warmed:Pending:Wait", true, 375],
    ["Warmed:Terminating:Wait", false, 75],
  ];
  for (const [lifecycleState, isHolder, seconds] of answered) {
    it(`is whoever waits at ${lifecycleState}`, () =>
      withWitness(async (witness) => {
        const { group, instance } = await witness.addGroup();
        if (isHolder) await witness.attach(witness.address(), instance);
        enter(group, instance, lifecycleState);
        const waiting = `web still waits for ${instance.id} in ${lifecycleState} (${seconds} s)`;
        assert.deepEqual(witness.open().slice(-1), [waiting]);
      }));
  }

  it("is an address with whoever is parked in its warm pool, and not that it has none", () =>
    withWitness(async (witness) => {
      const { group, instance } = await witness.addGroup();
      const one = witness.address();
      await witness.attach(one, instance);
      enter(group, instance, "Warmed:Running");
      assert.deepEqual(witness.open(), [
        `${one.address} is still attached to ${instance.id} (75 s)`,
      ]);
      await witness.detach(one);
      await witness.region.run(3);
      assert.deepEqual(witness.open(), []);
      assert.deepEqual(witness.broken(), []);
    }));

  it("is nothing of one that is retained, with an address or without; but that isn't to be taken", () =>
    withWitness(async (witness) => {
      const { group, instance } = await witness.addGroup();
      const one = witness.address();
      await witness.attach(one, instance);
      enter(group, instance, "Terminating:Retained");
      assert.deepEqual(witness.open(), []);
      await witness.detach(one);
      await witness.region.run(3);
      assert.deepEqual(witness.open(), []);
      const taken = `${one.address} is taken from ${instance.id}, which is healthy and has no other`;
      assert.deepEqual(witness.broken(), [taken]);
    }));
});

function enter(group: Group, { id }: Instance, lifecycleState: LifecycleState): void {
  const member = group.members.get(id);
  if (member !== undefined) member.lifecycleState = lifecycleState;
}
