import assert from "node:assert/strict";
import type { InstanceState, Tags } from "../../../../simulator/aws/ec2/state";
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

type Operation =
  "stopInstance" | "startInstance" | "terminateInstance" | "hibernateInstance" | "rebootInstance";

/** EC2 with a launched instance, and which states that enters when, in milliseconds. */
function launch() {
  const stage = openEc2();
  const states: string[] = [];
  stage.ec2.onChange((change) => {
    if (change.kind !== "instance") return;
    states.push(`${stage.services.clock.nowMs - START_MS} ${change.instance.state}`);
  });
  const { id } = stage.ec2.runInstance("t4g.micro", subnet, {});
  return { ...stage, id, states, pass: (ms: number) => passQuickly(stage.services, ms) };
}

/** What is asked of an instance, each time so many milliseconds later, and which states it enters then. */
const courses = [
  ["a launch", "", "0 pending, 5000 running"],
  [
    "a stop and a start",
    "5000 stopInstance, 60000 startInstance",
    "5000 stopping, 15000 stopped, 65000 pending, 70000 running",
  ],
  ["hibernation", "5000 hibernateInstance", "5000 stopping, 15000 stopped"],
  ["a reboot", "5000 rebootInstance", "0 pending, 5000 running"],
  ["a termination", "5000 terminateInstance", "5000 shutting-down, 25000 terminated"],
  ["a termination at once", "0 terminateInstance", "0 shutting-down, 20000 terminated"],
  [
    "a termination while it is stopping",
    "5000 stopInstance, 1000 terminateInstance",
    "5000 stopping, 6000 shutting-down, 26000 terminated",
  ],
  [
    "a termination that is asked for three times",
    "5000 terminateInstance, 0 terminateInstance, 60000 terminateInstance",
    "5000 shutting-down, 25000 terminated",
  ],
] as const;

describe("an instance", () => {
  for (const [what, steps, expected] of courses) {
    it(`goes through ${what}, each step in its time`, async () => {
      const { ec2, id, states, pass } = launch();
      for (const step of steps.split(", ").filter(Boolean)) {
        const [afterMs, operation] = step.split(" ");
        await pass(Number(afterMs));
        ec2[operation as Operation](id);
      }
      await pass(120_000);
      const { length } = expected.split(", ");
      assert.equal(states.slice(-length).join(", "), expected);
    });
  }

  const needed: [Operation, InstanceState][] = [
    ["stopInstance", "running"],
    ["hibernateInstance", "running"],
    ["rebootInstance", "running"],
    ["startInstance", "stopped"],
  ];
  for (const [operation, state] of needed) {
    it(`that isn't ${state} is refused to Ec2.${operation}`, () => {
      const { ec2, id } = launch();
      const others = ["pending", "running", "stopping", "stopped", "shutting-down", "terminated"];
      for (const other of others.filter((one) => one !== state) as InstanceState[]) {
        ec2.instanceById(id).state = other;
        const message = `Instance '${id}' is in state '${other}'.`;
        assert.throws(
          () => {
            ec2[operation](id);
          },
          refusal("IncorrectState", message),
        );
      }
    });
  }

  it("that does not exist is refused", () => {
    const { ec2 } = openEc2();
    const unknown = refusal("InvalidInstanceID.NotFound", "The instance ID 'i-99' does not exist");
    for (const operation of ["stopInstance", "startInstance", "terminateInstance"] as const) {
      assert.throws(() => {
        ec2[operation]("i-99");
      }, unknown);
    }
  });

  it("is told of in the journal, hibernation and reboots by a line of their own", async () => {
    const { services, ec2, id, pass } = launch();
    await pass(5_000);
    ec2.rebootInstance(id);
    ec2.hibernateInstance(id);
    const told = (atMs: number, what: string, facts: object) => ({
      atMs,
      source: "aws",
      text: `${id} ${what}`,
      facts: { instanceId: id, ...facts },
    });
    assert.deepEqual(services.journal.entries, [
      told(0, "is pending", { state: "pending" }),
      told(5_000, "is running", { state: "running" }),
      told(5_000, "reboots", {}),
      told(5_000, "hibernates", {}),
      told(5_000, "is stopping", { state: "stopping" }),
    ]);
  });

  it("shows for an hour after its end", async () => {
    const { ec2, id, pass } = launch();
    ec2.terminateInstance(id);
    await pass(20_000 + 3_599_999);
    assert.equal(ec2.instanceById(id).state, "terminated");
    await pass(1);
    assert.equal(ec2.instances.has(id), false);
  });
});

describe("Ec2.runInstance", () => {
  it("gives the instance a primary interface that is there at once", () => {
    const { ec2, id } = launch();
    const primaries = ec2.interfacesOf(id).map(({ attachment }) => attachment);
    assert.deepEqual(primaries, [
      {
        id: primaries[0]?.id,
        instanceId: id,
        instanceOwnerId: undefined,
        deviceIndex: 0,
        networkCardIndex: 0,
        status: "attached",
        deleteOnTermination: true,
        attachTimeMs: START_MS,
      },
    ]);
  });

  for (const primaryTags of [{}, { pool: "primary" }] as Tags[]) {
    it(`gives the instance its tags, and its primary interface ${JSON.stringify(primaryTags)}`, () => {
      const { ec2 } = openEc2();
      const tags = { pool: "licence" };
      const instance = ec2.runInstance("t4g.micro", subnet, tags, { primaryTags });
      tags.pool = "changed later";
      assert.deepEqual(instance.tags, { pool: "licence" });
      assert.deepEqual(ec2.interfacesOf(instance.id)[0]?.tags, primaryTags);
    });
  }

  it("does not model every instance type", () => {
    const { ec2 } = openEc2();
    assert.throws(() => ec2.runInstance("x1.32xlarge", subnet, {}), {
      message: /^the simulator doesn't model instance type x1.32xlarge, but t3.micro, /,
    });
    assert.equal(ec2.instances.size, 0);
  });
});

describe("the interfaces of an instance", () => {
  /** What is held at device index 1, and whether it is after each of these times, an operation done. */
  async function follow(stage: Ec2Stage, operation: Operation, timesMs: number[]) {
    const { networkInterface, instance } = await attachOne(stage);
    const [primary] = stage.ec2
      .interfacesOf(instance.id)
      .filter(({ tags }) => tags !== networkInterface.tags);
    stage.ec2[operation](instance.id);
    const seen: string[] = [];
    for (const ms of timesMs) {
      await passQuickly(stage.services, ms);
      seen.push(
        `${statusOf(networkInterface)}, primary ${stage.ec2.interfaces.has(primary?.id ?? "")}`,
      );
    }
    return seen;
  }
  const unlikely = (stage: Ec2Stage) => {
    const { faults } = stage.services;
    faults.undocumented = { ...faults.undocumented, staysOnStopped: false };
    return stage;
  };

  it("stay while it is stopped", async () => {
    const seen = await follow(openEc2(), "stopInstance", [7_200_000]);
    assert.deepEqual(seen, ["attached, primary true"]);
  });

  it("come off it when it has stopped, where EC2 takes them, but for the primary one", async () => {
    const seen = await follow(unlikely(openEc2()), "stopInstance", [9_999, 1]);
    assert.deepEqual(seen, ["attached, primary true", "available, primary true"]);
  });

  it("stay until some time after its end; the primary one is deleted with it", async () => {
    const seen = await follow(openEc2(), "terminateInstance", [19_999, 1, 29_999, 1]);
    assert.deepEqual(seen, [
      "attached, primary true",
      "attached, primary false",
      "attached, primary false",
      "available, primary false",
    ]);
  });

  it("come off it when it vanishes, within 20 seconds of its end where that fault strikes", async () => {
    const stage = openEc2({ release: [3_600_000, 3_600_000] });
    const { faults, clock } = stage.services;
    faults.periods.push(...striking("instanceVanishes")(clock).periods);
    const seen = await follow(stage, "terminateInstance", [20_999, 19_001]);
    assert.deepEqual(seen, ["attached, primary false", "available, primary false"]);
    assert.equal(stage.ec2.instances.size, 0);
  });

  it("are released though they were only attaching, and then never are attached", async () => {
    const stage = openEc2({ attach: [600_000, 600_000] });
    const networkInterface = addInterface(stage, 10);
    const { id } = await runInstance(stage);
    stage.ec2.attachNetworkInterface("eni-10", id, 1, 0);
    stage.ec2.terminateInstance(id);
    const kinds: string[] = [];
    stage.ec2.onChange(({ kind }) => kinds.push(kind));
    await passQuickly(stage.services, 50_000);
    assert.equal(networkInterface.attachment, undefined);
    await passQuickly(stage.services, 600_000);
    assert.deepEqual(kinds, ["instance", "detached"]);
  });

  it("are not released again when they have another holder", async () => {
    const stage = openEc2();
    const { networkInterface, instance, attachmentId } = await attachOne(stage);
    const other = await runInstance(stage);
    stage.ec2.terminateInstance(instance.id);
    await passQuickly(stage.services, 20_000);
    stage.ec2.detachNetworkInterface(attachmentId, false);
    await passQuickly(stage.services, 2_000);
    stage.ec2.attachNetworkInterface("eni-10", other.id, 1, 0);
    await passQuickly(stage.services, 600_000);
    assert.equal(networkInterface.attachment?.instanceId, other.id);
  });

  for (const [state, answer] of [
    ["pending", "attachesWhilePending"],
    ["stopping", "attachesWhileStopping"],
    ["shutting-down", "attachesWhileShuttingDown"],
  ] as const) {
    it(`may be attached while it is ${state}, where EC2 does that`, () => {
      const { services, ec2, id } = launch();
      addInterface({ ec2 }, 10);
      ec2.instanceById(id).state = state;
      services.faults.undocumented = { ...services.faults.undocumented, [answer]: true };
      assert.equal(ec2.attachNetworkInterface("eni-10", id, 1, 0).instanceId, id);
    });
  }
});
