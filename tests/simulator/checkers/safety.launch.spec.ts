import assert from "node:assert/strict";
import type { Instance, NetworkInterface } from "../../../simulator/aws/ec2/ec2";
import { SafetyChecker } from "../../../simulator/checkers/safety";
import { terminateHook } from "../aws/autoscaling/groups";
import { striking } from "../striking";
import { completion, type Witness, withWitness } from "./witness";

describe("the promise that a launch goes on only with an address", () => {
  const complete = async (witness: Witness, instance: Instance, result = "CONTINUE") => {
    const parameters = completion(instance, result);
    assert.equal(await witness.call("CompleteLifecycleAction", parameters), "200");
    return witness.broken();
  };
  const without = ({ id }: Instance) => `${id} is to enter service without an address`;

  it("is broken by CONTINUE before anything is attached", () =>
    withWitness(async (witness) => {
      const { instance } = await witness.addGroup();
      assert.deepEqual(await complete(witness, instance), [without(instance)]);
    }));

  it("is by CONTINUE while it is attaching", () =>
    withWitness(async (witness) => {
      const { instance } = await witness.addGroup();
      witness.region.ec2.attachNetworkInterface(witness.address().id, instance.id, 1, 0);
      assert.deepEqual(await complete(witness, instance), [without(instance)]);
    }));

  it("is not by CONTINUE once it was attached, though it is off again", () =>
    withWitness(async (witness) => {
      const { instance } = await witness.addGroup();
      const one = witness.address();
      await witness.attach(one, instance);
      witness.region.ec2.detachNetworkInterface(one.attachment?.id ?? "", false);
      await witness.region.run(3);
      assert.deepEqual(await complete(witness, instance), []);
    }));

  it("is by CONTINUE of another launch of the same instance, with what the first one had off again", () =>
    withWitness(async (witness) => {
      const { group, instance } = await witness.addGroup();
      const one = witness.address();
      await witness.attach(one, instance);
      assert.deepEqual(await complete(witness, instance), []);
      const { autoScaling } = witness.region;
      autoScaling.putWarmPool("web", { poolState: "Running", minSize: 0, reuseOnScaleIn: true });
      group.hooks = group.hooks.filter(({ name }) => name !== terminateHook.name);
      autoScaling.updateGroup("web", { minSize: 0, desiredCapacity: 0 });
      await witness.region.run(60);
      await witness.detach(one);
      await witness.region.run(3);
      autoScaling.setDesiredCapacity("web", 1);
      await witness.region.run(20);
      assert.deepEqual([...group.members.keys()], [instance.id]);
      assert.deepEqual(await complete(witness, instance), [without(instance)]);
    }));

  /** Has the only address of one who launches again taken off by a person or a manager; tells it to go on. */
  const goOnWithout = async (witness: Witness, isByHand: boolean, seconds: number) => {
    const { group, instance } = await witness.addGroup();
    const one = witness.address();
    await witness.attach(one, instance);
    const member = group.members.get(instance.id);
    if (member === undefined) throw new Error("no member");
    const enter = (lifecycleState: typeof member.lifecycleState) => {
      member.lifecycleState = lifecycleState;
      witness.region.autoScaling.updateGroup("web", {});
    };
    enter("Warmed:Running");
    if (isByHand) witness.region.ec2.detachNetworkInterface(one.attachment?.id ?? "", false);
    else await witness.detach(one);
    await witness.region.run(3);
    enter("Pending");
    enter("Pending:Wait");
    await witness.region.run(seconds);
    const broken = await complete(witness, instance);
    return broken.includes(without(instance));
  };
  for (const [isByHand, seconds, isBroken] of [
    [true, 30, false],
    [true, 40, true],
    [false, 1, true],
  ] as const) {
    const hand = isByHand ? "a person" : "a manager";
    const is = isBroken ? "is" : "is not";
    it(`${is} by CONTINUE ${seconds} s after ${hand} took the address off, where reads are late`, () =>
      withWitness(
        async (witness) => {
          assert.equal(await goOnWithout(witness, isByHand, seconds), isBroken);
        },
        { faults: striking("readStale") },
      ));
  }

  it("is by CONTINUE soon after a person took the address off, where reads show what is", () =>
    withWitness(async (witness) => {
      assert.equal(await goOnWithout(witness, true, 30), true);
    }));

  const losses: [
    what: string,
    isBroken: boolean,
    lose: (witness: Witness, one: NetworkInterface) => unknown,
  ][] = [
    [
      "lost its tag",
      false,
      ({ region }, one) => {
        region.ec2.setTags(one, {});
      },
    ],
    [
      "was taken off by a person",
      false,
      ({ region }, one) => {
        region.ec2.detachNetworkInterface(one.attachment?.id ?? "", false);
      },
    ],
    ["was taken off by a manager", true, (witness, one) => witness.detach(one)],
  ];
  for (const [what, isBroken, lose] of losses) {
    const is = isBroken ? "is" : "is not";
    it(`${is} by CONTINUE with an address that it had when its launch began, and that ${what}`, () =>
      withWitness(async (witness) => {
        const { group, instance } = await witness.addGroup();
        const one = witness.address();
        await witness.attach(one, instance);
        const member = group.members.get(instance.id);
        assert.ok(member);
        for (const lifecycleState of ["InService", "Pending", "Pending:Wait"] as const) {
          member.lifecycleState = lifecycleState;
          witness.region.autoScaling.updateGroup("web", {});
        }
        await lose(witness, one);
        await witness.region.run(60);
        const broken = await complete(witness, instance);
        assert.equal(broken.includes(without(instance)), isBroken);
      }));
  }

  it("is not told to a group that has no pool", () =>
    withWitness(async (witness) => {
      const { group, instance } = await witness.addGroup();
      group.tags = {};
      const told = `web is told what to do with ${instance.id}, and has no pool`;
      assert.deepEqual(await complete(witness, instance), [told]);
    }));

  it("is by CONTINUE where it was only seen to come off", () =>
    withWitness(async (witness) => {
      const { instance } = await witness.addGroup();
      const one = witness.address();
      await witness.attach(one, instance);
      const later = new SafetyChecker(witness.region);
      witness.region.ec2.detachNetworkInterface(one.attachment?.id ?? "", false);
      await witness.region.run(3);
      await complete(witness, instance);
      assert.equal(later.broken.length, 1);
    }));

  it("is not by CONTINUE with an address that had lost its tag while it was attached", () =>
    withWitness(async (witness) => {
      const { instance } = await witness.addGroup();
      const one = witness.address();
      witness.region.ec2.setTags(one, {});
      await witness.attach(one, instance);
      witness.region.ec2.setTags(one, witness.tag("cluster"));
      assert.deepEqual(await complete(witness, instance), []);
    }));

  it("is by CONTINUE with an address of another pool", () =>
    withWitness(async (witness) => {
      const { instance } = await witness.addGroup();
      await witness.attach(witness.address("licence"), instance);
      assert.deepEqual(await complete(witness, instance), [without(instance)]);
    }));

  it("is not by ABANDON", () =>
    withWitness(async (witness) => {
      const { instance } = await witness.addGroup();
      assert.deepEqual(await complete(witness, instance, "ABANDON"), []);
    }));

  it("is not by CONTINUE of a termination", () =>
    withWitness(async (witness) => {
      const { instance } = await witness.addGroup();
      witness.region.autoScaling.replaceInstance(instance.id);
      const names = { ...completion(instance, "CONTINUE"), LifecycleHookName: terminateHook.name };
      assert.equal(await witness.call("CompleteLifecycleAction", names), "200");
      assert.deepEqual(witness.broken(), []);
    }));
});
