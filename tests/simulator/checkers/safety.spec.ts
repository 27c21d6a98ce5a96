import assert from "node:assert/strict";
import type { Instance, NetworkInterface } from "../../../simulator/aws/ec2/ec2";
import { striking } from "../striking";
import { completion, type Witness, withWitness } from "./witness";

/** What the witness says of an address that was taken from its healthy holder. */
const taken = ({ address }: NetworkInterface, { id }: Instance) =>
  `${address} is taken from ${id}, which is healthy and has no other`;

/** Takes the only address of a holder away after something was done to it, and tells what was broken. */
async function takeAfter(
  witness: Witness,
  operation: (one: NetworkInterface, instance: Instance) => unknown,
) {
  const { one, instance } = await witness.hold();
  await operation(one, instance);
  const isForced = one.attachment?.status === "detaching";
  assert.equal(await witness.detach(one, isForced), "200");
  return { one, instance, broken: witness.broken() };
}

describe("the promise that an interface is never taken from a healthy holder", () => {
  it("is broken by a detach of the only one, with its moment", () =>
    withWitness(async (witness) => {
      const { one, instance } = await takeAfter(witness, () => undefined);
      // It started for 5 s and was attached for 1 s; the call took 0.2 s.
      assert.deepEqual(witness.promises.broken, [`6.2 s: ${taken(one, instance)}`]);
    }));

  it("is not by a detach that EC2 refuses", () =>
    withWitness(async (witness) => {
      const instance = await witness.launch();
      const one = witness.address();
      witness.region.ec2.attachNetworkInterface(one.id, instance.id, 1, 0);
      assert.equal(await witness.detach(one), "IncorrectState");
      assert.equal(await witness.detach(witness.address()), "InvalidAttachmentID.NotFound");
      assert.deepEqual(witness.broken(), []);
    }));

  it("is not by a detach of one of two, and is by one of the other", () =>
    withWitness(async (witness) => {
      const { one, instance } = await witness.hold();
      const other = witness.address();
      await witness.attach(other, instance, 2);
      await witness.detach(one);
      assert.deepEqual(witness.broken(), []);
      await witness.region.run(3);
      await witness.detach(other);
      assert.deepEqual(witness.broken(), [taken(other, instance)]);
    }));

  for (const [seconds, outcome] of [
    [39, "is not"],
    [41, "is"],
  ] as const) {
    it(`${outcome} by a detach of one of two whose other lost its tag ${seconds} s before`, () =>
      withWitness(async (witness) => {
        const { one, instance } = await witness.hold();
        const other = witness.address();
        await witness.attach(other, instance, 2);
        witness.region.ec2.setTags(other, {});
        await witness.region.run(seconds);
        await witness.detach(one);
        assert.deepEqual(witness.broken(), outcome === "is" ? [taken(one, instance)] : []);
      }));
  }

  it("is by a detach of the only one of its pool, whatever else the holder has", () =>
    withWitness(async (witness) => {
      const { one, instance } = await witness.hold();
      await witness.attach(witness.address("licence"), instance, 2);
      await witness.detach(one);
      assert.deepEqual(witness.broken(), [taken(one, instance)]);
    }));

  it("is not by a detach of what is on its way off already", () =>
    withWitness(async (witness) => {
      const { broken } = await takeAfter(witness, ({ attachment }) => {
        witness.region.ec2.detachNetworkInterface(attachment?.id ?? "", false);
      });
      assert.deepEqual(broken, []);
    }));

  const notHealthy: [string, number, (witness: Witness, id: string) => void][] = [
    [
      "stopping",
      1,
      ({ region }, id) => {
        region.ec2.stopInstance(id);
      },
    ],
    [
      "stopped",
      15,
      ({ region }, id) => {
        region.ec2.stopInstance(id);
      },
    ],
    [
      "shutting down",
      1,
      ({ region }, id) => {
        region.ec2.terminateInstance(id);
      },
    ],
    [
      "terminated",
      25,
      ({ region }, id) => {
        region.ec2.terminateInstance(id);
      },
    ],
    [
      "of another pool",
      0,
      (witness, id) => {
        retag(witness, id, "licence");
      },
    ],
  ];
  for (const [state, seconds, operation] of notHealthy) {
    it(`is not by a detach from a holder that is ${state}`, () =>
      withWitness(async (witness) => {
        const { broken } = await takeAfter(witness, async (_one, { id }) => {
          operation(witness, id);
          await witness.region.run(seconds);
        });
        assert.deepEqual(broken, []);
      }));
  }

  it("is not by a detach from a member that leaves its group, and is before", () =>
    withWitness(async (witness) => {
      const { group, instance } = await witness.addGroup();
      const [one, next] = [witness.address(), witness.address()];
      await witness.attach(one, instance);
      await witness.detach(one);
      assert.deepEqual(witness.broken(), [taken(one, instance)]);
      await witness.region.run(3);
      await witness.attach(next, instance);
      await witness.call("CompleteLifecycleAction", completion(instance, "CONTINUE"));
      await witness.region.run(2);
      witness.region.autoScaling.setDesiredCapacity(group.name, 1);
      witness.region.autoScaling.replaceInstance(instance.id);
      assert.equal(group.members.get(instance.id)?.lifecycleState, "Terminating:Wait");
      assert.equal(instance.state, "running");
      await witness.detach(next);
      assert.deepEqual(witness.broken(), [taken(one, instance)]);
    }));
});

function retag({ region, tag }: Witness, id: string, pool: string): void {
  region.ec2.setTags(region.ec2.instanceById(id), tag(pool));
}

describe("the promise for a holder that was stopped and runs again", () => {
  /** Stops and starts a holder, waits, and detaches. */
  const takeAfterRestart = (witness: Witness, seconds: number) =>
    takeAfter(witness, async (_one, { id }) => {
      witness.region.ec2.stopInstance(id);
      await witness.region.run(10);
      witness.region.ec2.startInstance(id);
      await witness.region.run(5);
      await witness.region.run(seconds);
    });

  it("is broken by a detach at once where reads show what is", () =>
    withWitness(async (witness) => {
      const { one, instance, broken } = await takeAfterRestart(witness, 0);
      assert.deepEqual(broken, [taken(one, instance)]);
    }));

  it("is not for as long as reads may still show the stop", () =>
    withWitness(
      async (witness) => {
        const { broken } = await takeAfterRestart(witness, 29.9);
        assert.deepEqual(broken, []);
      },
      { faults: striking("readStale") },
    ));

  it("is once they can't any more", () =>
    withWitness(
      async (witness) => {
        const { one, instance, broken } = await takeAfterRestart(witness, 30);
        assert.deepEqual(broken, [taken(one, instance)]);
      },
      { faults: striking("readStale") },
    ));

  it("is at any time by a detach from one that never stopped, however late reads are", () =>
    withWitness(
      async (witness) => {
        const { one, instance, broken } = await takeAfter(witness, () => undefined);
        assert.deepEqual(broken, [taken(one, instance)]);
      },
      { faults: striking("readStale") },
    ));
});

describe("the promise that only what is tagged is given and taken", () => {
  it("is broken by a detach from an instance that has no pool tag", () =>
    withWitness(async (witness) => {
      const { one, instance, broken } = await takeAfter(witness, (_one, { id }) => {
        retag(witness, id, "");
      });
      const text = `${one.address} is taken from ${instance.id}, which has no pool tag`;
      assert.deepEqual(broken, [text]);
    }));

  it("is by a detach of an interface that is in no pool", () =>
    withWitness(async (witness) => {
      const { one, instance, broken } = await takeAfter(witness, (found) => {
        witness.region.ec2.setTags(found, {});
      });
      const text = `${one.address} is taken from ${instance.id}, though it is in no pool`;
      assert.deepEqual(broken, [text]);
    }));

  const give = async (witness: Witness, one: NetworkInterface, { id }: Instance) => {
    const place = { NetworkInterfaceId: one.id, InstanceId: id, DeviceIndex: "1" };
    assert.equal(await witness.call("AttachNetworkInterface", place), "200");
    return witness.broken();
  };

  it("is not by an attach within a pool", () =>
    withWitness(async (witness) => {
      assert.deepEqual(await give(witness, witness.address(), await witness.launch()), []);
    }));

  const across: [string, string, string][] = [
    ["to an instance of another pool", "licence", "licence"],
    ["to an instance that has no pool tag", "", "undefined"],
  ];
  for (const [where, pool, said] of across) {
    it(`is by an attach ${where}`, () =>
      withWitness(async (witness) => {
        const [one, instance] = [witness.address(), await witness.launch(pool)];
        assert.deepEqual(await give(witness, one, instance), [
          `${one.address} is given, of pool cluster to ${instance.id} of pool ${said}`,
        ]);
      }));
  }

  it("is by an attach of what is in no pool, though the instance isn't either", () =>
    withWitness(async (witness) => {
      const [one, instance] = [witness.address(), await witness.launch("")];
      witness.region.ec2.setTags(one, {});
      assert.deepEqual(await give(witness, one, instance), [
        `${one.address} is given, of pool undefined to ${instance.id} of pool undefined`,
      ]);
    }));
});
